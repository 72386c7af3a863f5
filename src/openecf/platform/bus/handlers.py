"""Which function applies which message here. A room registers its own in ``tasks.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from openecf.kernel.refusal import Refusal
from openecf.platform.bus.messages import Message

Handler = TypeVar("Handler", bound=Callable[..., None])
_HANDLERS: dict[str, Callable[..., None]] = {}


class CannotApply(Refusal):
    """The message can never be applied here: it goes to the desk instead of being sent again."""

    said = "This message cannot be applied."


class NobodyHandles(Refusal):
    """No room of this site handles messages of this type."""

    said = "No part of this site handles messages of this type."


def handles(kind: type[Message]) -> Callable[[Handler], Handler]:
    """Register ``handler(message, *, sender, message_id, at)`` for messages of one kind.

    It runs inside the transaction that records the message as applied; any exception undoes both, and the sender
    tries again later. Messages may come in any order: a handler that must wait for another message simply raises.
    """

    def register(handler: Handler) -> Handler:
        known = _HANDLERS.get(kind.type)
        if known is not None and known is not handler:
            raise RuntimeError(f"Two handlers for {kind.type}: {known.__qualname__} and {handler.__qualname__}")
        _HANDLERS[kind.type] = handler
        return handler

    return register


def handler_of(type_: str) -> Callable[..., Any]:
    """The function that applies messages of that type; NobodyHandles if there is none."""
    try:
        return _HANDLERS[type_]
    except KeyError:
        raise NobodyHandles(type=type_) from None


def handled() -> frozenset[str]:
    """The message types that this site applies."""
    return frozenset(_HANDLERS)
