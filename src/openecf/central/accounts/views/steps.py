"""What the steps of a registration and of an upgrade have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openecf.central.accounts import services
from openecf.central.accounts.forms import AddressForm, PersonForm, SecurityForm, UpgradeSecurityForm
from openecf.central.accounts.models import AccountType, Draft
from openecf.kernel.refusal import Refusal

Step = Literal["person", "address", "security"]
AFTER: dict[str, Step] = {"person": "address", "address": "security"}


@dataclass(frozen=True)
class Shown:
    """One step in the indicator above the form. ``state`` is "complete", "current" or ""."""

    label: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Road:
    """A registration or an upgrade as its pages show it: the step addresses, and what is named above them."""

    title: str
    urls: dict[str, str]
    before: Sequence[tuple[str, str]] = ()
    after: Sequence[str] = ()

    def shown(self, current: str) -> list[Shown]:
        """Every step of the road with its state; those before the current one can be gone back to. ``current``: a step of
        the form, "type" for the first of a registration, "confirm" for its last."""
        names = {"person": _("Person"), "address": _("Address"), "security": _("Security")}
        steps = [
            *self.before,
            *((names[step], self.urls[step]) for step in names),
            *((label, "") for label in self.after),
        ]
        at = [*["type"] * len(self.before), *names, *["confirm"] * len(self.after)].index(current)
        return [
            Shown(label, "complete" if n < at else "current" if n == at else "", url if n < at else "")
            for n, (label, url) in enumerate(steps)
        ]


def known(draft: Draft, step: Step) -> dict[str, str]:
    """What the step's form begins with: what was typed here before, or what the account to upgrade says."""
    if step == "security":
        return {"username": draft.username}
    kept = getattr(draft, step)
    return kept.get("answers") or kept.get("known") or {}


def form_of(request: HttpRequest, draft: Draft, step: Step, *, asks_again: bool = False) -> forms.Form:
    """The step's form: bound to what was sent, or filled with what is known. ``asks_again``: for the password so far."""
    sent = request.POST if request.method == "POST" else None
    initial = known(draft, step)
    if sent is not None and "show-counties" in sent:
        sent, initial = None, {name: value for name, value in sent.items() if value}
    if step == "person":
        born = draft.account.birth_date if draft.account_id else None
        return PersonForm(
            sent, initial=initial, today=request.arrived.date(), born=born, attorney=draft.type == AccountType.ATTORNEY
        )
    if step == "address":
        return AddressForm(sent, initial=initial, firm_needed=draft.type == AccountType.ADMINISTRATIVE)
    return (UpgradeSecurityForm if asks_again else SecurityForm)(sent, initial=initial)


def keep(request: HttpRequest, draft: Draft, step: Step, form: forms.Form) -> bool:
    """Keep a valid step; whether to go on to the next. False shows the form again, with the reason."""
    answers = {name: str(value) for name, value in form.cleaned_data.items()}
    try:
        twins = services.save_step(
            draft=draft, step=step, answers=answers, address=request.META["REMOTE_ADDR"], at=request.arrived
        )
    except Refusal as refusal:
        form.add_error(None, refusal.said)
        return False
    if not twins.may_exist:
        return True
    if "continue" in request.POST:
        services.accept_twin(draft=draft)
        return True
    return False


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Say a refusal beside the field that it is about."""
    field = {"weak-password": "password", "username-taken": "username", "wrong-password": "current"}.get(refusal.code)
    form.add_error(field if field in form.fields else None, refusal.said)


def page(request: HttpRequest, road: Road, step: Step, form: forms.Form, **more: object) -> HttpResponse:
    """A step's page."""
    steps = road.shown(step)
    number = next(n for n, one in enumerate(steps, 1) if one.state == "current")
    context = {"form": form, "road": road, "steps": steps, "step": step, "number": number, **more}
    return render(request, "accounts/step.html", context)
