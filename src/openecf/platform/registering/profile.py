"""What a court accepts, asks, wants uploaded and charges of people who register to file there: data of its profile.

Each text is the court's own: one string, or one for each language (``{"en": "…", "es": "…"}``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from openecf.platform.registering.roles import ROLES

Words = Annotated[str, Field(min_length=1, max_length=4000)] | dict[Literal["en", "es", "ht"], str]
Text = Annotated[str, Field(max_length=4000)] | dict[Literal["en", "es", "ht"], str]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
LONGEST_ANSWER = 4000


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _roles_known(roles: list[str]) -> list[str]:
    if unknown := sorted(set(roles) - set(ROLES)):
        raise ValueError(f"no role is called {', '.join(unknown)}; roles are {', '.join(ROLES)}")
    return roles


class Accepted(_Data):
    """That the court takes requests for a role. ``fee_cents``: what it charges once it approves; 0: nothing.
    ``reinstatement_cents``: of somebody whose filing it had suspended; None: the same."""

    fee_cents: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    reinstatement_cents: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    note: Text = ""


class Choice(_Data):
    """One answer of a question with given answers."""

    value: Name
    label: Words


class Question(_Data):
    """One field of a court's form."""

    name: Name
    type: Literal["line", "text", "email", "phone", "date", "number", "yes-no", "choice", "choices", "confirm"]
    label: Words
    help: Text = ""
    section: Text = ""
    required: bool = True
    choices: list[Choice] = []
    longest: Annotated[int, Field(ge=1, le=LONGEST_ANSWER)] = 200

    @model_validator(mode="after")
    def _choices_fit(self) -> Question:
        if (self.type in ("choice", "choices")) != bool(self.choices):
            raise ValueError(f"{self.name}: choices go with the types choice and choices, and only with them")
        if len({choice.value for choice in self.choices}) < len(self.choices):
            raise ValueError(f"{self.name}: two choices have the same value")
        return self


class LocalForm(_Data):
    """The court's own registration form, such as LF-95. ``asked_of``: everybody, or people who are new to the court."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    title: Words
    intro: Text = ""
    asked_of: Literal["all", "new"] = "all"
    roles: list[str] = []
    questions: Annotated[list[Question], Field(min_length=1, max_length=80)]

    _known = field_validator("roles")(_roles_known)

    @model_validator(mode="after")
    def _names_differ(self) -> LocalForm:
        names = [question.name for question in self.questions]
        if len(set(names)) < len(names):
            raise ValueError("two questions have the same name")
        return self


class Paper(_Data):
    """A PDF that the court wants uploaded. Without ``roles``: of everybody."""

    name: Name
    label: Words
    help: Text = ""
    required: bool = True
    roles: list[str] = []

    _known = field_validator("roles")(_roles_known)


class Link(_Data):
    """Something of the court's to read."""

    label: Words
    url: Annotated[str, Field(pattern=r"^https?://[^\s\"'<>]+$", max_length=500)]


class Policy(_Data):
    """Something to be acknowledged before the request can be sent."""

    name: Name
    text: Words
    url: Annotated[str, Field(pattern=r"^(https?://[^\s\"'<>]+)?$", max_length=500)] = ""
    roles: list[str] = []

    _known = field_validator("roles")(_roles_known)


class RegistrationProfile(_Data):
    """A court's rules of registration. Without ``accepts`` it takes no requests online.

    ``fee_before_access``: who is approved and owes a fee files once it is paid or waived, not before.
    ``changes_docketed``: whether the desk proposes an entry on the docket of each case in which a new name or address holds.
    """

    accepts: dict[str, Accepted] = {}
    fee_before_access: bool = False
    note: Text = ""
    bars: Literal["none", "optional", "required"] = "required"
    papers: Annotated[list[Paper], Field(max_length=10)] = []
    paper_megabytes: Annotated[int, Field(ge=1, le=20)] = 5
    links: Annotated[list[Link], Field(max_length=20)] = []
    policies: Annotated[list[Policy], Field(max_length=20)] = []
    form: LocalForm | None = None
    days: Annotated[int, Field(ge=0, le=90)] = 0
    changes_docketed: bool = False

    @field_validator("accepts")
    @classmethod
    def _accepts_known(cls, accepts: dict[str, Accepted]) -> dict[str, Accepted]:
        _roles_known(list(accepts))
        return accepts

    def for_reinstatement(self) -> RegistrationProfile:
        """The rules for somebody whose filing the court had suspended: its fees of reinstatement."""
        fees = {
            role: one
            if one.reinstatement_cents is None
            else one.model_copy(update={"fee_cents": one.reinstatement_cents})
            for role, one in self.accepts.items()
        }
        return self.model_copy(update={"accepts": fees})

    def papers_for(self, role: str) -> list[Paper]:
        """What somebody of that role uploads."""
        return [paper for paper in self.papers if not paper.roles or role in paper.roles]

    def policies_for(self, role: str) -> list[Policy]:
        """What somebody of that role acknowledges."""
        return [policy for policy in self.policies if not policy.roles or role in policy.roles]

    def form_for(self, role: str, *, is_new: bool) -> LocalForm | None:
        """The court's form, if somebody of that role completes one. ``is_new``: has no account with the court yet."""
        form = self.form
        if form is None or (form.roles and role not in form.roles) or (form.asked_of == "new" and not is_new):
            return None
        return form


def in_language(words: Text, language: str) -> str:
    """The court's text in that language, else in English, else in whichever there is."""
    if isinstance(words, str):
        return words.strip()
    return (words.get(language) or words.get("en") or next(iter(words.values()), "")).strip()  # type: ignore[call-overload]
