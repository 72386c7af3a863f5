"""The steps of a request, one page each, and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from openecf.central.registration import context, queries, rules, services
from openecf.central.registration.forms import BarsForm, FilerForm, NoticesForm, PapersForm, RoleForm, TermsForm
from openecf.central.registration.models import EfileRequest
from openecf.central.registration.views import own
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.money import Money
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.registering.answers import AnswersForm
from openecf.platform.registering.profile import RegistrationProfile, in_language
from openecf.platform.web import takes_files

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_MEGABYTE = 1_000_000
_LARGEST = 10 * 20 * _MEGABYTE + _MEGABYTE
"""Ten papers of the largest size that a profile may allow."""


@access.rule(ACCOUNT)
@never_cache
@takes_files(lambda: _LARGEST)
@_get_or_post
def step(request: HttpRequest, request_id: UUID, step: str) -> HttpResponse:
    """One step: shown, checked, kept, and on to the next that is missing."""
    if step not in rules.STEP_NAMES:
        raise Http404
    found = own(request, request_id)
    profile = queries.profile_for(found)
    if found.status not in rules.EDITABLE:
        return redirect("efile-request", request_id=found.id)
    steps = queries.steps_of(found, profile)
    if step not in steps or (step != "role" and found.role not in profile.accepts):
        return redirect("efile-step", request_id=found.id, step="role")
    form = _form(request, found, profile, step)
    if form.is_valid() and _keep(request, found, profile, step, form):
        return _onward(found.id, after=step)
    return _page(request, found, profile, steps, step, form)


def _onward(request_id: UUID, *, after: rules.StepName) -> HttpResponse:
    """To the step that follows if it is not answered yet, else to the first that is missing, else to the summary."""
    found = EfileRequest.objects.get(id=request_id)
    profile = queries.profile_for(found)
    missing = queries.missing_step(found, profile)
    steps = queries.steps_of(found, profile)
    following = steps[steps.index(after) + 1 :] if after in steps else ()
    # A step with nothing required is shown once all the same: the person decides to leave it empty.
    untouched = next((one for one in following if one == "papers" and not found.papers.exists()), None)
    if missing is None and untouched is None:
        return redirect("efile-summary", request_id=request_id)
    order = [one for one in following if one in (missing, untouched)]
    return redirect("efile-step", request_id=request_id, step=order[0] if order else missing or untouched)


def _form(
    request: HttpRequest, found: EfileRequest, profile: RegistrationProfile, step: rules.StepName
) -> forms.BaseForm:
    sent = request.POST if request.method == "POST" else None
    kept = found.answers.get(step, {})
    match step:
        case "role":
            linked = queries.linked_at(account=found.account_id, court=found.court) is not None
            return RoleForm(sent, profile=profile, kind=found.kind, linked=linked, initial=kept)
        case "filer":
            return FilerForm(sent, initial=kept or _of_account(request.account))
        case "bars":
            known = kept or {"bars": queries.bars_so_far(request.account.id)}
            return BarsForm(sent, required=profile.bars == "required", initial=known)
        case "notices":
            known = {**kept, "extra_emails": "\n".join(kept.get("extra_emails", []))} if kept else {}
            return NoticesForm(sent, initial=known or _contact_so_far(request))
        case "papers":
            files = request.FILES if sent is not None else None
            return PapersForm(sent, files, profile=profile, role=found.role, kept=queries.papers_of(found))
        case "form":
            local = profile.form_for(found.role, is_new=queries.is_new_there(found))
            return AnswersForm(sent, form=local, initial=kept)
    return TermsForm(sent, profile=profile, role=found.role, accepted="terms" in found.answers)


def _of_account(account: object) -> dict[str, str]:
    """What the account says already of where the person is reached."""
    town = ", ".join(part for part in (account.city, account.state) if part)
    lines = [account.unit, account.address1, account.address2, account.address3, account.room]
    lines.append(f"{town} {account.zip}".strip())
    kept = "\n".join(line for line in lines if line)
    return {"firm": account.firm, "address": kept, "phone": account.phone, "fax": account.fax}


def _contact_so_far(request: HttpRequest) -> dict[str, object]:
    """Where the person's notices go at other courts, else the account's address."""
    return context.contact_chosen(queries.contact_of(request.account.id), request.account.email)


def _keep(
    request: HttpRequest,
    found: EfileRequest,
    profile: RegistrationProfile,
    step: rules.StepName,
    form: forms.BaseForm,
) -> bool:
    """Keep what was typed or uploaded; False when a document was not taken, with the reason beside its field."""
    if step == "papers":
        return _keep_papers(request, found, profile, form)
    answers: Mapping[str, object] = form.cleaned_data
    if isinstance(form, BarsForm):
        answers = {"bars": form.bars()}
    elif isinstance(form, AnswersForm):
        answers = form.answers()
    services.save_step(request_id=found.id, step=step, answers=answers, at=request.arrived)
    return True


def _keep_papers(request: HttpRequest, found: EfileRequest, profile: RegistrationProfile, form: forms.BaseForm) -> bool:
    for name in form.fields:
        file = form.cleaned_data.get(name)
        if not file:
            continue
        try:
            services.keep_paper(
                request_id=found.id,
                name=name,
                file=file.file,
                filename=file.name,
                megabytes=profile.paper_megabytes,
                at=request.arrived,
            )
        except Refusal as refusal:
            form.add_error(name, refusal.said)
    return not form.errors


def _page(
    request: HttpRequest,
    found: EfileRequest,
    profile: RegistrationProfile,
    steps: tuple[rules.StepName, ...],
    step: rules.StepName,
    form: forms.BaseForm,
) -> HttpResponse:
    language = get_language() or "en"
    local = profile.form_for(found.role, is_new=queries.is_new_there(found)) if step == "form" else None
    shown = context.indicator(found, steps, step)
    papers = queries.papers_of(found) if step == "papers" else {}
    page = context.page(
        request,
        row=context.row_of(found),
        form=form,
        step=step,
        steps=shown,
        step_name=rules.STEP_NAMES[step],
        number=steps.index(step) + 1,
        grouped=isinstance(form, AnswersForm | BarsForm),
        local=local,
        local_title=in_language(local.title, language) if local else "",
        local_intro=in_language(local.intro, language) if local else "",
        optional_papers=[
            (paper.name, papers[paper.name])
            for paper in profile.papers_for(found.role)
            if paper.name in papers and not paper.required
        ]
        if step == "papers"
        else [],
        megabytes=profile.paper_megabytes,
        links=[(in_language(link.label, language), link.url) for link in profile.links],
        site=queries.court_row(found.court).site,
    )
    return render(request, "registration/step.html", page)


@access.rule(ACCOUNT)
@require_POST
def paper(request: HttpRequest, request_id: UUID, name: str) -> HttpResponse:
    """Take an uploaded paper away again."""
    found = own(request, request_id)
    try:
        services.drop_paper(request_id=found.id, name=name)
    except services.NotAsked:
        return redirect("efile-request", request_id=found.id)
    return redirect("efile-step", request_id=found.id, step="papers")


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def summary(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Everything at a glance; POST sends it to the court."""
    found = own(request, request_id)
    if found.status not in rules.EDITABLE:
        return redirect("efile-request", request_id=found.id)
    profile = queries.profile_for(found)
    refusal = None
    if request.method == "POST":
        try:
            services.submit(
                account=request.account, request_id=found.id, language=get_language() or "en", at=request.arrived
            )
        except services.NotComplete as missing:
            return redirect("efile-step", request_id=found.id, step=missing.facts["step"])
        except services.NotAsked:
            return redirect("efile-request", request_id=found.id)
        except services.CannotRegister as cannot:
            refusal = cannot
        else:
            return HttpResponseRedirect(f"{reverse('efile-request', args=[found.id])}?done=sent")
    if found.role not in profile.accepts:
        return redirect("efile-step", request_id=found.id, step="role")
    steps = queries.steps_of(found, profile)
    missing = queries.missing_step(found, profile)
    fee = profile.accepts[found.role].fee_cents
    page = context.page(
        request,
        row=context.row_of(found),
        parts=context.summary_of(found, profile),
        steps=context.indicator(found, steps, "summary"),
        number=len(steps) + 1,
        missing=_("Complete the step “{step}” first.").format(step=rules.STEP_NAMES[missing]) if missing else "",
        missing_step=missing,
        fee=Money(fee) if fee else "",
        fee_first=profile.fee_before_access,
        refusal=refusal,
    )
    return render(request, "registration/summary.html", page, status=409 if refusal else 200)
