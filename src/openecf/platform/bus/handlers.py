"""Which function applies which message here. A room registers its own in ``tasks.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from openecf.kernel.refusal import Refusal
from openecf.platform.bus.messages import Message

Handler = TypeVar("Handler", bound=Callable[..., None])
_HANDLERS: dict[str, Callable[..., None]] = {}
_TOGETHER: dict[str, Callable[..., None]] = {}


@dataclass(frozen=True)
class Received:
    """One message of several that are applied together."""

    message: Any
    message_id: UUID


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


def handles_together(kind: type[Message]) -> Callable[[Handler], Handler]:
    """Register ``handler(received, *, sender, at)`` for a list of messages of one kind, beside the one for each.

    All or nothing: any exception undoes the whole list, and then each of them is applied by itself.
    """

    def register(handler: Handler) -> Handler:
        known = _TOGETHER.setdefault(kind.type, handler)
        if known is not handler:
            raise RuntimeError(f"Two handlers for many {kind.type}: {known.__qualname__} and {handler.__qualname__}")
        return handler

    return register


def handler_of_many(type_: str) -> Callable[..., Any] | None:
    """The function that applies messages of that type together; None if they are applied one by one."""
    return _TOGETHER.get(type_)


def handler_of(type_: str) -> Callable[..., Any]:
    """The function that applies messages of that type; NobodyHandles if there is none."""
    try:
        return _HANDLERS[type_]
    except KeyError:
        raise NobodyHandles(type=type_) from None


def handled() -> frozenset[str]:
    """The message types that this site applies."""
    return frozenset(_HANDLERS)
