"""Refusing out loud: the base of every "no" a person or program can meet."""

from __future__ import annotations


class Refusal(Exception):
    """An act that was not done, with the reason in the user's words.

    ``said`` is shown to people as it is; ``code`` is stable and meant for programs and logs.
    Subclasses live beside the function that raises them.
    """

    said: str = "This cannot be done."
    code: str = "refused"

    def __init__(self, said: str | None = None, **facts: object) -> None:
        self.said = said or self.said
        self.facts = facts
        super().__init__(self.said)
