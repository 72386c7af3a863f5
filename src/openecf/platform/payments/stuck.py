"""What a desk does about a payment that the gateway never answered about: the forms of its page, and the deed that was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from openecf.kernel.refusal import Refusal
from openecf.platform.payments.findings import Finding
from openecf.platform.payments.forms import AsideForm, FoundForm, NeverForm
from openecf.platform.payments.services import NotWaiting

ASK, NEVER, AGREE, ASIDE = "ask", "never", "agree", "aside"
_KINDS: dict[str, type[forms.Form]] = {ASK: FoundForm, NEVER: NeverForm, AGREE: forms.Form, ASIDE: AsideForm}
Half = tuple[Finding, str]
"""What one person found and waits for a second, with that person's name."""


@dataclass(frozen=True)
class Worked:
    """The page's facts after a request: its forms by name, what waits for a second person, why something was refused."""

    forms: Mapping[str, forms.Form]
    half: Half | None
    refused: object = ""
    done: str = ""
    """Which deed was done; empty: none."""

    @property
    def still_stuck(self) -> bool:
        """The deed left the payment waiting."""
        return self.done in (NEVER, ASIDE)


def work(
    sent: Mapping[str, Any] | None, *, number: str, half_of: Callable[[], Half | None], deeds: Any, **tell: object
) -> Worked:
    """Do what a form asks for. ``deeds`` has the room's services ``found``, ``write_never_taken``, ``agree_never_taken`` and
    ``set_finding_aside``, which are told ``tell``; ``sent`` is None where nothing was sent."""
    which = sent.get("which", ASK) if sent is not None else ""
    asked = {name: kind(sent if name == which else None, prefix=name) for name, kind in _KINDS.items()}
    form, half = asked.get(which), half_of()
    if sent is None or form is None or not form.is_valid():
        return Worked(asked, half)
    seen = half[0] if half and str(half[0].id) == sent.get("finding") else None
    try:
        _do(which, form, number=number, made=seen, deeds=deeds, tell=tell)
    except Refusal as refusal:
        return Worked(asked, half_of(), refusal.said)  # its form may have no place on the page any more
    return Worked(asked, half, done=which)


def _do(
    which: str, form: forms.Form, *, number: str, made: Finding | None, deeds: Any, tell: dict[str, object]
) -> None:
    if which == ASK:
        deeds.found(**tell, number=number, **form.cleaned_data)
    elif which == NEVER:
        deeds.write_never_taken(**tell, number=number, **form.cleaned_data)
    elif made is None:
        raise NotWaiting
    elif which == AGREE:
        deeds.agree_never_taken(**tell, finding=made.id)
    else:
        deeds.set_finding_aside(**tell, finding=made.id, **form.cleaned_data)
