"""What the clerk's office fills in to publish a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

LONGEST_TITLE, LONGEST_TEXT = 200, 20_000


class NoticeForm(forms.Form):
    """A notice in English, and in the court's other languages where it writes it in them. ``languages``: their codes."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("An empty line begins a new paragraph. A published notice stays as it is; correct it by another."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, languages: Sequence[str] = ()) -> None:
        super().__init__(data)
        self.languages = languages
        for code in languages:
            name = dict(settings.LANGUAGES)[code]
            self.fields[f"title_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", _("Title"), name), max_length=LONGEST_TITLE, required=False
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", _("Text"), name), max_length=LONGEST_TEXT, required=False,
                widget=forms.Textarea(attrs={"rows": 8, "lang": code}),
            )  # fmt: skip
            self.fields[f"title_{code}"].widget.attrs["lang"] = code

    def clean(self) -> dict[str, Any]:
        """The fields as ``publish_notice`` takes them: a translation is whole or there is none."""
        typed = super().clean() or {}
        translations: dict[str, dict[str, str]] = {}
        for code in self.languages:
            words = {part: typed.pop(f"{part}_{code}", "") for part in ("title", "text")}
            for part in [part for part, written in words.items() if not written and any(words.values())]:
                self.add_error(f"{part}_{code}", _("Write both in this language, the title and the text, or neither."))
            if all(words.values()):
                translations[code] = words
        return typed | {"translations": translations}
