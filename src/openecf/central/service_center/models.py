"""The Service Center: who works there, and what is done there."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy


class Role(models.TextChoices):
    """What somebody does at the desk. A supervisor does all that an agent does, and approves what needs two people."""

    AGENT = "agent", gettext_lazy("Agent")
    SUPERVISOR = "supervisor", gettext_lazy("Supervisor")


class Agent(models.Model):
    """Somebody who works at the Service Center, with the own PACER account. Who left keeps the row, with an end."""

    account = models.OneToOneField("accounts.Account", models.PROTECT, primary_key=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_agent"

    def __str__(self) -> str:
        return f"{self.role} {self.account_id}"


class Verification(models.Model):
    """That an agent made sure with whom they speak: how, when, and for how long it counts. Never changed, but that a
    mailed code is tried. ``code`` is a keyed hash: six digits are guessed from a plain one."""

    class How(models.TextChoices):
        FACTS = "facts", gettext_lazy("Facts of the account, told by the caller")
        CALL_BACK = "call-back", gettext_lazy("Called back at a number that the account had before")
        MAILED_CODE = "mailed", gettext_lazy("Read out the code that was mailed to the account's address")
        PAPERS = "papers", gettext_lazy("Showed an identity document at a court's counter or by video")

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    said = models.CharField(max_length=300, blank=True, help_text="what the caller answered; no secrets")
    asked_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "service_verification"
        indexes = [models.Index(fields=["account", "agent", "asked_at"], name="service_verification_of")]

    def __str__(self) -> str:
        return f"{self.how} of {self.account_id}"


class Request(models.Model):
    """What is not done at once and not by one person alone: it waits for a second, or for its owner's objection."""

    class Kind(models.TextChoices):
        FACTORS = "factors", gettext_lazy("Reset the second factors")
        MERGE = "merge", gettext_lazy("Merge a duplicate account into another")
        EMAIL = "email", gettext_lazy("Set another e-mail address")

    class Outcome(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waits for the second person")
        APPROVED = "approved", gettext_lazy("Approved; done when its time has come")
        DONE = "done", gettext_lazy("Done")
        REFUSED = "refused", gettext_lazy("Refused by the second person")
        WITHDRAWN = "withdrawn", gettext_lazy("Taken back")
        OBJECTED = "objected", gettext_lazy("Stopped by the owner")
        FAILED = "failed", gettext_lazy("Could not be done any more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    into = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+", help_text="of a merge")
    email = models.EmailField(blank=True, help_text="the new address")
    reason = models.CharField(max_length=300)
    waits_from = models.DateTimeField(help_text="not done before; the owner may object until it is done")
    asked_by = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    decided_by = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_request"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")) | models.Q(outcome__in=["withdrawn"]),
                name="service_request_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="email")
                | ~models.Q(outcome__in=["approved", "done"])
                | models.Q(decided_by__isnull=False),
                name="service_request_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(outcome__in=["waiting", "approved"]),
                name="service_request_one_open",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "waits_from"], name="service_request_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class Ticket(models.Model):
    """A question to the Service Center, of somebody who signed on or of anybody who proves a mailbox.

    A guest follows it by the mailed link; ``number`` is what people say on the telephone.
    """

    class State(models.TextChoices):
        UNPROVED = "unproved", gettext_lazy("Waits for the mailbox to be proved")
        OPEN = "open", gettext_lazy("Waits for the Service Center")
        ANSWERED = "answered", gettext_lazy("Answered; waits for you")
        CLOSED = "closed", gettext_lazy("Closed")

    class Topic(models.TextChoices):
        SIGN_IN = "sign-in", gettext_lazy("I cannot sign in")
        REGISTRATION = "registration", gettext_lazy("Registering or upgrading an account")
        LINKING = "linking", gettext_lazy("Linking my account at a court")
        FACTORS = "factors", gettext_lazy("Authenticator apps and recovery codes")
        BILLING = "billing", gettext_lazy("Bills and payments")
        FIRM = "firm", gettext_lazy("Firms (PACER Administrative Accounts) and filing agents")
        SEARCH = "search", gettext_lazy("Searching cases and documents")
        ACCESSIBILITY = "accessibility", gettext_lazy("Using these pages with a disability")
        SAFETY = "safety", gettext_lazy("I think somebody else uses my account")
        OTHER = "other", gettext_lazy("Something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=12, unique=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=5)
    topic = models.CharField(max_length=16, choices=Topic.choices)
    court = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    assigned = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_ticket"
        indexes = [
            models.Index(fields=["state", "changed_at"], name="service_ticket_queue"),
            models.Index(fields=["account", "opened_at"], name="service_ticket_account"),
            models.Index(fields=["closed_at"], name="service_ticket_closed", condition=models.Q(state="closed")),
        ]

    def __str__(self) -> str:
        return self.number


class Post(models.Model):
    """Something written in a ticket: by its owner, by an agent to the owner, or among the staff (``internal``)."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="posts")
    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+", help_text="null: the owner")
    internal = models.BooleanField(default=False)
    text = models.TextField()

    class Meta:
        db_table = "service_post"
        indexes = [models.Index(fields=["ticket", "at"], name="service_post_thread")]

    def __str__(self) -> str:
        return f"post of {self.ticket_id}"


class Attachment(models.Model):
    """A file of a post: a PDF that was looked at, or a picture that was drawn anew. Its bytes are sealed in the store,
    until the ticket was closed long enough; that there was a file stays."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=[(kind, kind) for kind in ("pdf", "png", "jpeg")])
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    removed_at = models.DateTimeField(null=True, help_text="nobody gets it from then on")
    is_gone = models.BooleanField(default=False, db_default=False, help_text="its bytes are dropped, or another's now")

    class Meta:
        db_table = "service_attachment"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["sha256"], name="service_attachment_bytes"),
            models.Index(
                fields=["removed_at"], name="service_attachment_to_drop",
                condition=models.Q(removed_at__isnull=False, is_gone=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"attachment of {self.post_id}"


class HelpReview(models.Model):
    """That somebody read a text of the help, in all its languages, and found it right. A later review is a new row.

    ``digest`` is of the texts that were read: when they change, the review is over.
    """

    key = models.CharField(max_length=60, help_text="of a question, or guide: and that of a guide")
    digest = models.CharField(max_length=64)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "service_help_review"
        indexes = [models.Index(fields=["key", "-at"], name="service_help_review_key")]

    def __str__(self) -> str:
        return f"review of {self.key}"
