"""In which language an account is written to: what its owner read the last time, whoever acts now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from openecf.central.accounts.models import Account


@contextmanager
def in_words_of(account: Account) -> Iterator[None]:
    """What is translated in here is in the account's language; in that of the site where none is known yet."""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        yield


def note_language(*, account: Account, language: str) -> None:
    """The owner reads this language now. Written only when it is another."""
    if language in dict(settings.LANGUAGES) and language != (account.language or settings.LANGUAGE_CODE):
        Account.objects.filter(id=account.id).update(language=language)
