"""Help for everybody: questions by topic, search, guides, glossary."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openecf.central.service_center import help_texts
from openecf.central.service_center.context import reach
from openecf.central.service_center.help_search import search
from openecf.platform import access
from openecf.platform.throttle.pace import paced

_SEARCHES_A_MINUTE = 60
FIRST_GUIDES = ("getting-started", "upgrading", "linking-bankruptcy", "linking-district", "linking-appellate")


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
    context = {"title": texts.topics[key], "questions": _questions(texts, key), "others": others}
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
    return render(request, "service_center/help_guide.html", {"guide": one, "others": others})


@access.rule(access.ANYONE)
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """What the words mean."""
    return render(request, "service_center/help_glossary.html", {"glossary": help_texts.here().glossary})
