"""The forms with which the clerk's office edits a case.

Texts are taken as typed, blanks at the ends too: what somebody else wrote must not look edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from openecf.court.cases.models import Judge
from openecf.court.cases.services import DAYS
from openecf.kernel.restriction import Restriction
from openecf.platform.shell.forms import DateInput

LABELS = {
    "caption": _("Caption"),
    "short_title": _("Short title"),
    "filed": _("Date filed"),
    "terminated": _("Date terminated"),
    "reopened": _("Date reopened"),
    "converted": _("Date converted"),
    "discharged": _("Date discharged"),
    "dismissed": _("Date dismissed"),
    "plan_confirmed": _("Date the plan was confirmed"),
    "assigned_to_id": _("Assigned to"),
    "referred_to_id": _("Referred to"),
    "chapter": _("Chapter"),
    "previous_chapter": _("Previous chapter"),
    "voluntary": _("Voluntary or involuntary"),
    "asset": _("Asset or no asset"),
    "nature_of_suit": _("Nature of suit"),
    "cause": _("Cause"),
    "jurisdiction": _("Jurisdiction"),
    "jury_demand": _("Jury demand"),
    "demand": _("Demand"),
    "mdl_status": _("Multidistrict status"),
    "appeal_from": _("Appeal from"),
    "fee_status": _("Fee status"),
    "case_type_information": _("Case type information"),
    "panel": _("Panel"),
    "flags": _("Flags"),
    "name": _("Name"),
    "type": _("Type of party"),
    "lines": _("Lines under the name"),
    "contact": _("Contact lines"),
    "email": _("E-mail address for notices"),
    "roles": _("Roles"),
}
LISTS = frozenset({"flags", "panel", "roles"})
LONG = frozenset({"caption", "lines", "contact", "case_type_information", "appeal_from", "mdl_status"})
SHORT_ITEMS = frozenset({"flags", "panel"})
REQUIRED = frozenset({"name", "type"})
LONGEST = 100_000
JUDGES = frozenset({"assigned_to_id", "referred_to_id"})


class LinesField(forms.CharField):
    """A list, one item per line."""

    def __init__(self, *, item_length: int = 2000, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One per line."), **kwargs
        )
        self.item_length = item_length

    def to_python(self, value: str | None) -> list[str]:  # type: ignore[override]
        items = [line.strip() for line in (value or "").splitlines() if line.strip()]
        if any(len(item) > self.item_length for item in items):
            raise forms.ValidationError(_("A line is too long: at most %(n)s letters.") % {"n": self.item_length})
        return items

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class EditForm(forms.Form):
    """Some columns of a row, and the version of the case that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, model: type[Model], columns: Sequence[str], *args: Any, types: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = tuple(columns)
        for column in columns:
            self.fields[column] = _field(model, column, types)

    @property
    def version_seen(self) -> int:
        return self.cleaned_data["version"]

    @property
    def changes(self) -> dict[str, object]:
        """What the editor wants the columns to say."""
        wanted = {column: self.cleaned_data[column] for column in self.columns}
        return {c: int(v) if c in JUDGES and v else None if c in JUDGES else v for c, v in wanted.items()}


def _field(model: type[Model], column: str, types: Sequence[str]) -> forms.Field:
    label = LABELS[column]
    if column in DAYS:
        return forms.DateField(label=label, required=False, widget=DateInput)
    if column in LISTS:
        return LinesField(label=label, item_length=60 if column in SHORT_ITEMS else 2000)
    if column in JUDGES:
        choices = [("", "—"), *((judge.id, f"{judge.title} {judge.name}") for judge in Judge.objects.order_by("name"))]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    if column == "email":
        return forms.EmailField(label=label, required=False, max_length=254)
    longest = model._meta.get_field(column).max_length or LONGEST
    widget = forms.Textarea(attrs={"rows": 5}) if column in LONG else forms.TextInput
    hint = _("Usual here: %(types)s") % {"types": ", ".join(types)} if column == "type" else ""
    return forms.CharField(
        label=label, required=column in REQUIRED, strip=False, max_length=longest, widget=widget, help_text=hint
    )


class NumberForm(forms.Form):
    """Which case."""

    number = forms.CharField(label=_("Case number"), max_length=60)


class AttorneyForm(forms.Form):
    """An attorney with an account of this court appears."""

    login = forms.CharField(label=_("Court login of the attorney"), max_length=60)
    roles = LinesField(label=_("Roles"))


class RestrictionForm(forms.Form):
    """Who may know of the case."""

    level = forms.TypedChoiceField(
        label=_("Who may see the case"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (Restriction.PUBLIC, _("Everyone")),
            (Restriction.PARTICIPANTS, _("Participants and the court")),
            (Restriction.COURT, _("The court only (sealed)")),
            (Restriction.CHAMBERS, _("Chambers only")),
        ],
    )
    reason = forms.CharField(label=_("Reason, for the record"), max_length=400)


class EntryRestrictionForm(forms.Form):
    """Who may read an entry, and each of its documents. ``parts`` are (part, name, level now)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    level = forms.TypedChoiceField(label=_("The entry itself"), coerce=int)
    reason = forms.CharField(label=_("Reason, for the record"), max_length=400)

    LEVELS = (
        (Restriction.PUBLIC, _("Everyone")),
        (Restriction.PARTICIPANTS_AND_TERMINAL, _("Participants, and public terminals at the courthouse")),
        (Restriction.PARTICIPANTS, _("Participants and the court")),
        (Restriction.FILER_AND_COURT, _("Who filed it, and the court")),
        (Restriction.COURT, _("The court only (sealed)")),
        (Restriction.CHAMBERS, _("Chambers only")),
    )

    def __init__(self, *args: object, parts: Sequence[tuple[int, str, int]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = self.LEVELS
        for part, name, now in parts:
            field = forms.TypedChoiceField(label=name, coerce=int, choices=self._choices(now), initial=now)
            self.fields[f"part-{part}"] = field
        self.order_fields(["version", "level", *(f"part-{part}" for part, _name, _now in parts), "reason"])

    def _choices(self, now: int) -> list[tuple[int, object]]:
        # Selected readers are named elsewhere; a document that has some keeps them unless its level changes.
        kept = [(Restriction.SELECTED, _("Selected people (as now)"))] if now == Restriction.SELECTED else []
        return [*self.LEVELS, *kept]

    def levels_of_parts(self) -> dict[int, int]:
        """What was chosen for each document, by part. Only of a valid form."""
        chosen = self.cleaned_data.items()
        return {int(name.removeprefix("part-")): level for name, level in chosen if name.startswith("part-")}


class EntryForm(forms.Form):
    """Words of a docket entry, and why they change."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(label=_("Docket text"), widget=forms.Textarea(attrs={"rows": 8}))
    reason = forms.CharField(label=_("Reason, for the record"), max_length=400)


def shown(conflict_values: Mapping[str, object], version: int) -> dict[str, object]:
    """Form data that shows a collided edit: this editor's wishes over what stands now, at the version of now."""
    data: dict[str, object] = {"version": version}
    for field, value in conflict_values.items():
        data[field] = "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else value
    return data
