"""Help for everybody: questions by topic, search, guides, glossary."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.service_center import help_reviews, help_texts, rules, services
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame, reach
from openecf.central.service_center.help_search import search
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.throttle.pace import paced

_SEARCHES_A_MINUTE = 60


@access.rule(access.ANYONE)
@require_safe
def help_home(request: HttpRequest) -> HttpResponse:
    """Where somebody who needs help begins."""
    if request.GET.get("q", "").strip():
        return found(request)
    texts = help_texts.here()
    context = {
        "topics": [(key, title, _questions(texts, key)) for key, title in texts.topics.items()],
        "guides": list(texts.guides.values()),
        "reach": reach(),
    }
    return render(request, "service_center/help.html", context)


@paced("help", most=_SEARCHES_A_MINUTE)
def found(request: HttpRequest) -> HttpResponse:
    """What the help says to some words."""
    typed = request.GET.get("q", "")[:100].replace("\0", "")
    hits = search(typed, within=help_texts.here())
    return render(request, "service_center/help_found.html", {"typed": typed, "hits": hits})


def _questions(texts: help_texts.Help, topic: str) -> list[help_texts.Question]:
    return [one for one in texts.questions if one.topic == topic]


@access.rule(access.ANYONE)
@require_safe
def topic(request: HttpRequest, key: str) -> HttpResponse:
    """The questions of one topic, with their answers."""
    texts = help_texts.here()
    if key not in texts.topics:
        raise Http404
    others = [(other, title) for other, title in texts.topics.items() if other != key]
    questions = _questions(texts, key)
    reviewed = help_reviews.days([one.key for one in questions])
    shown = [(one, reviewed.get(one.key)) for one in questions]
    context = {"title": texts.topics[key], "questions": shown, "others": others}
    return render(request, "service_center/help_topic.html", context)


@access.rule(access.ANYONE)
@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """Something done step by step."""
    texts = help_texts.here()
    one = texts.guides.get(key)
    if one is None:
        raise Http404
    others = [other for other in texts.guides.values() if other.key != key]
    reviewed = help_reviews.days([help_reviews.GUIDE + key]).get(help_reviews.GUIDE + key)
    return render(request, "service_center/help_guide.html", {"guide": one, "others": others, "reviewed": reviewed})


@access.rule(STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """The desk's list of the help's texts: when each was reviewed and by whom, what is due; "reviewed" is a button."""
    refused = ""
    if request.method == "POST":
        key, digest = request.POST.get("key", ""), request.POST.get("digest", "")
        try:
            services.review_help(staff=request.staff, key=key, digest=digest, at=request.arrived)
        except services.NoSuchText:
            raise Http404 from None
        except Refusal as refusal:
            refused = refusal.said
        else:
            return redirect(f"{reverse('service-help')}?done=reviewed")
    rows, topics = help_reviews.reviews(now=request.arrived), help_texts.here().topics
    context = {
        "rows": [(one, topics.get(one.topic, "")) for one in rows],
        "due": sum(bool(one.why) for one in rows),
        "days": rules.HELP_GOOD_FOR.days,
        "refused": refused,
        "notice": _("Noted: you read it and found it right.") if request.GET.get("done") == "reviewed" else "",
        **desk_frame(request, "help"),
    }
    return render(request, "service_center/help_reviews.html", context, status=409 if refused else 200)


@access.rule(access.ANYONE)
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """What the words mean."""
    return render(request, "service_center/help_glossary.html", {"glossary": help_texts.here().glossary})
