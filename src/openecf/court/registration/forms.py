"""What a clerk types at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openecf.court.people import queries as people
from openecf.court.registration import services
from openecf.court.registration.models import Status
from openecf.court.registration.queries import Candidate

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

NEW = "new"


class FilterForm(forms.Form):
    """Which requests the list shows."""

    q = forms.CharField(
        label=_("Name, address or account number"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("open", _("Open")), *Status.choices], initial="open"
    )
    kind = forms.ChoiceField(
        label=_("Who"), required=False,
        choices=[("", _("Everybody")), ("attorney", _("Attorneys")), ("non-attorney", _("Others"))],
    )  # fmt: skip


class _Seen(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32000)
    step = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32000)
    read_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)


class ApproveForm(_Seen):
    """Into which group, and as which account of the court."""

    user = forms.ChoiceField(
        label=_("Account with this court"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose an account, or a new one.")},
    )  # fmt: skip
    compared = forms.BooleanField(
        label=_("I compared the name and the e-mail address of the account that I chose: it is the same person"),
        required=False,
    )  # fmt: skip
    another = forms.BooleanField(
        label=_("I compared them: the applicant is none of these people, and needs a new account"), required=False,
    )  # fmt: skip
    group = forms.ChoiceField(label=_("Group"))
    party = forms.TypedChoiceField(
        label=_("Party in the case"), coerce=int, empty_value=None, required=False,
        help_text=_("For somebody without an attorney, who files in this case alone, as this party, and for an attorney "
                    "admitted pro hac vice, who files in it for this party. More cases are added on the person's page."),
        error_messages={"invalid_choice": _("Choose the party.")},
    )  # fmt: skip
    appearances = forms.BooleanField(
        required=False,
        help_text=_(
            "Dockets name this attorney under the same address and last name, without an account. Of somebody who files "
            "in single cases only the case chosen above is connected."
        ),
    )
    said = forms.CharField(
        label=_("To the applicant"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        data: object = None,
        *,
        candidates: Sequence[Candidate],
        groups: Sequence[str],
        appearances: int,
        linked: CourtUser | None = None,
        duplicates: bool = False,
        parties: Sequence[tuple[int, str, bool]] | None = None,
        **more: object,
    ) -> None:
        """``linked``: the court's account of this PACER account, which is the only choice; ``duplicates``: a new account
        may be a second one; ``parties``: of the case that the applicant names, None where that is no matter."""
        super().__init__(data, prefix="approve", **more)
        if appearances:
            self.fields["appearances"].label = ngettext(
                "Connect the appearance in {n} case", "Connect the appearances in {n} cases", appearances
            ).format(n=appearances)
        else:
            del self.fields["appearances"]
        words = people.group_names()
        self.fields["group"].choices = [(group, words[group]) for group in groups]
        self._choose_party(parties)
        if linked is not None:
            self.fields["user"].choices = [(str(linked.pk), _account_words(linked))]
            self.initial.setdefault("user", str(linked.pk))
            self._to_compare: set[str] = set()
            del self.fields["compared"], self.fields["another"]
            return
        free = [one for one in candidates if one.is_free]
        self.fields["user"].choices = [
            *((str(one.user.id), _account_words(one.user)) for one in free),
            (NEW, _("A new account")),
        ]
        proposed = next((one for one in free if one.is_proposed and one.user.active), None)
        if proposed or not free:
            self.initial.setdefault("user", str(proposed.user.id) if proposed else NEW)
        self._to_compare = {str(one.user.id) for one in free if one.must_compare}
        if not self._to_compare:
            del self.fields["compared"]
        if not duplicates:
            del self.fields["another"]

    def _choose_party(self, parties: Sequence[tuple[int, str, bool]] | None) -> None:
        if parties is None:
            del self.fields["party"]
            return
        none = _("None now: the person files nothing until a case is added")
        self.fields["party"].choices = [("", none), *((party, words) for party, words, _named in parties)]
        named = [party for party, _words, is_named in parties if is_named]
        if len(named) == 1:
            self.initial.setdefault("party", named[0])

    def clean(self) -> dict:
        typed = super().clean()
        if "another" in self.fields and typed.get("user") == NEW and not typed.get("another"):
            self.add_error("another", services.SamePerson.said)
        if typed.get("user") in self._to_compare and not typed.get("compared"):
            self.add_error("compared", services.NotCompared.said)
        return typed

    @property
    def user_id(self) -> int | None:
        """The chosen account; None: a new one."""
        chosen = self.cleaned_data["user"]
        return None if chosen == NEW else int(chosen)


def _account_words(user: CourtUser) -> str:
    parts = [f"{user.first_name} {user.last_name}".strip(), user.login, user.bar_id, user.email, user.firm]
    if not user.active:
        parts.append(gettext("not active"))
    return ", ".join(part for part in parts if part)


class WordsForm(_Seen):
    """What the applicant reads: a question, or the reason of a refusal."""

    said = forms.CharField(
        label=_("To the applicant"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what the applicant should know.")},
    )  # fmt: skip


class AcceptForm(forms.Form):
    """In which of the person's cases a new name or address is printed, and whether their dockets tell it."""

    which = forms.ChoiceField(label=_("On the dockets of the person's cases"), widget=forms.RadioSelect)
    chosen = forms.TypedMultipleChoiceField(
        label=_("Cases"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for “the cases ticked below”."),
        error_messages={"invalid_choice": _("The person does not appear in one of these cases any more. Choose again.")},
    )  # fmt: skip
    docketed = forms.BooleanField(
        label=_("Tell it on the docket of each"), required=False,
        help_text=_("An entry without a number, of which everybody in the case has notice."),
    )  # fmt: skip

    def __init__(
        self, data: object = None, *, n_open: int, n_all: int, cases: Sequence[tuple[int, str]], **more: object
    ) -> None:
        """``cases``: those that can be ticked one by one, with their words."""
        super().__init__(data, prefix="accept", **more)
        if not n_all:
            for name in ("which", "chosen", "docketed"):
                del self.fields[name]
            return
        self.fields["which"].choices = [
            ("open", gettext("Open cases ({n})").format(n=n_open)),
            ("all", gettext("All cases, closed ones too ({n})").format(n=n_all)),
            ("chosen", gettext("The cases ticked below")),
            ("none", gettext("None: dockets print what was true when the person appeared")),
        ]
        self.fields["chosen"].choices = cases

    def clean(self) -> dict:
        typed = super().clean()
        if typed.get("which") == "chosen" and not typed.get("chosen") and "chosen" not in self.errors:
            self.add_error("chosen", gettext("Tick a case, or choose otherwise above."))
        return typed


class ReasonForm(forms.Form):
    """Why a change is not made."""

    said = forms.CharField(
        label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it."), error_messages={"required": _("Give the reason. The person reads it.")},
    )  # fmt: skip


class FeeForm(forms.Form):
    """How a fee was paid."""

    said = forms.CharField(
        label=_("How it was paid"), max_length=200, help_text=_("A receipt's number, or another reason."),
        error_messages={"required": _("Write how it was paid.")},
    )  # fmt: skip


class WaiveForm(forms.Form):
    """Why the court does without a fee."""

    said = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The applicant reads it."), error_messages={"required": _("Give the reason.")},
    )  # fmt: skip


class RefundForm(forms.Form):
    """How money was given back."""

    said = forms.CharField(
        label=_("How it was given back"), max_length=200, help_text=_("The number of the refund, and of what day."),
        error_messages={"required": _("Write how it was given back.")},
    )  # fmt: skip
