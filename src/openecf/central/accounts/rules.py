"""Decisions about accounts: how a name is compared, how long a stranger waits, what a password must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import blocklist, places
from openecf.kernel.names import PersonName, same_mailbox

PASSWORD_MAX = 256
KNOWN_DEVICE_BUDGET = 10
NETWORK_ACCOUNT_BUDGET = 5
NETWORK_BUDGET = 100
STRANGERS_BUDGET = 10
STRANGERS_CLOSED = 100
"""Consecutive failures after which unknown devices may not use the password (NIST SP 800-63B-4 3.2.2)."""
SPRAYED_NAMES, SPRAYED_WITHIN = 20, timedelta(hours=1)
"""So many names for which one wrong password was tried: somebody tries it on everybody."""
STUFFING_FAILURES, STUFFING_NAMES, STUFFING_WITHIN = 30, 5, timedelta(minutes=10)
"""So many failures over so many names from one network: somebody tries a list of stolen passwords."""

ALARMING_FAILURES, ALARMING_TIMES = 60, 3
"""So many failures in ten minutes over the whole site, and so many times what is usual there for each sign-on that
begins: somebody guesses from everywhere."""
USUAL_UNLESS_KNOWN, LEAST_USUAL = 0.5, 0.1
"""Failures for each sign-on that begins: where a site is too young to know; and where hardly anybody mistypes."""

_SHORTEST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


def normal(text: str) -> str:
    """Unicode NFKC, so that the same characters typed on two keyboards are the same."""
    return unicodedata.normalize("NFKC", text)


def login_name(typed: str) -> str:
    """A user name as it is compared: normal form, no spaces around it, lower case."""
    return normal(typed).strip().lower()


def strangers_wait(failures: int) -> timedelta:
    """How long unknown devices wait after so many failures in a row: nothing, then 30 s doubling to an hour."""
    if failures < STRANGERS_BUDGET:
        return timedelta(0)
    doubled = min(failures - STRANGERS_BUDGET, 10)
    return min(_LONGEST_WAIT, _SHORTEST_WAIT * 2**doubled)


def is_alarming(*, failed: int, began: int, usual: float | None) -> bool:
    """Whether so many failures of strangers beside so many sign-ons that began are an attack on the whole site. ``usual``
    is the median of a week's failures for each sign-on; None where nobody knows yet."""
    expected = max(USUAL_UNLESS_KNOWN if usual is None else usual, LEAST_USUAL) * max(began, 1)
    return failed >= ALARMING_FAILURES and failed > ALARMING_TIMES * expected


# Passwords. NIST SP 800-63B-4 3.1.1.2: long, not on a block-list, no composition rules, say why.

PASSWORD_MIN, PASSWORD_MIN_OF_TWO = 15, 12
"""Characters of a password that protects an account alone, and of one that is the first of two factors (there 63B-4 asks
for eight)."""
_GENERIC_WORDS = (
    "pacer", "cmecf", "cm/ecf", "ecf", "uscourts", "courts", "court", "nextgen", "bankruptcy", "district", "appellate",
    "attorney", "lawyer", "federal", "openecf", "password", "passphrase", "welcome", "login",
)  # fmt: skip
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_ORIGINAL_MIN = 8
"""Characters that must be left of a password when everything guessable is taken out of it."""


def shortest(*, two_step: bool) -> int:
    """How many characters a new password has at least, of an account that has a second factor (``two_step``) or none."""
    return PASSWORD_MIN_OF_TWO if two_step else PASSWORD_MIN


def long_enough_alone(password: str) -> bool:
    """Whether the password may protect an account without a second factor."""
    return len(normal(password)) >= PASSWORD_MIN


def password_faults(password: str, *, own_words: Iterable[str] = (), two_step: bool = False) -> list[str]:
    """Why this password cannot be used, in the user's words; empty if it can.

    ``own_words`` are the person's names, user name and e-mail address; ``two_step``: the account has a second factor.
    """
    plain, least = normal(password), shortest(two_step=two_step)
    if len(plain) > PASSWORD_MAX:
        return [gettext("Use at most {n} characters.").format(n=PASSWORD_MAX)]
    faults = []
    if len(plain) < least:
        faults.append(
            gettext("Use at least {n} characters. Several unrelated words are easy to remember.").format(n=least)
        )
    lower = plain.lower()
    own = [word for text in own_words for word in _words_of(text)]
    if any(word in lower for word in own):
        faults.append(gettext("It contains your name, user name or e-mail address, which an attacker tries first."))
    elif is_common(lower):
        faults.append(gettext("It is, or is little more than, a password that many people use."))
    elif any(word in lower for word in _GENERIC_WORDS) and len(_without(lower, _GENERIC_WORDS)) < _ORIGINAL_MIN:
        faults.append(gettext("It is mostly made of words about courts and passwords, which an attacker tries first."))
    elif len(plain) >= least and (len(set(lower)) < 6 or len(_without_runs(lower)) < _ORIGINAL_MIN):
        faults.append(gettext("It is mostly repeated characters or a run of neighbouring keys."))
    return faults


_STRONG = 20
"""Characters, apart from runs and from what everybody knows of the person, from which on a password is called strong."""


@dataclass(frozen=True)
class Strength:
    """What a person is told while choosing a password: whether it can be used, and how good it is."""

    level: Literal["weak", "good", "strong"]
    said: str


def strength(password: str, *, own_words: Iterable[str], two_step: bool) -> Strength:
    """How strong a password is that somebody is typing. A guide: what is refused, ``password_faults`` says."""
    own = tuple(own_words)
    if faults := password_faults(password, own_words=own, two_step=two_step):
        return Strength("weak", " ".join(faults))
    rest = _without_runs(normal(password).lower())
    if len(rest) >= _STRONG and len(set(rest)) >= _ORIGINAL_MIN:
        return Strength("strong", gettext("This is a strong password."))
    return Strength("good", gettext("This password can be used. A word more makes it stronger."))


def is_common(lower: str) -> bool:
    """Whether the password, without digits and signs around it or as one word repeated, is a common one."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
    candidates = {lower, re.sub(r"[\W_]", "", lower), core}
    for text in tuple(candidates):
        if repeated := re.fullmatch(r"(.{3,}?)\1+.{0,2}", text):
            candidates.add(repeated[1])
    return any(blocklist.stands_there(text) for text in candidates if text)


def _words_of(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_\d]+", normal(text).lower()) if len(word) >= 4]


def _without(lower: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        lower = lower.replace(word, "")
    return re.sub(r"[\W_\d]+", "", lower) if lower else lower


def _without_runs(lower: str) -> str:
    """The password without runs of four or more neighbouring keys or repeated characters."""
    kept = re.sub(r"(.)\1{2,}", r"\1", lower)
    for run in _RUNS:
        for length in range(len(run), 3, -1):
            for start in range(len(run) - length + 1):
                piece = run[start : start + length]
                kept = kept.replace(piece, "").replace(piece[::-1], "")
    return kept


# What a registration may say. Each answers the fault in the user's words; "" if there is none.

_OLDEST_YEARS = 120
_ODD_IN_NAMES = re.compile(r"[<>@{}\[\]|\\\d\x00-\x1f]")
_LAW_AND_BUSINESS, _EDUCATION = _("Law and business"), _("Education and public interest")
_GROUP_TYPES = (_LAW_AND_BUSINESS, _EDUCATION)
USER_TYPES = (
    (_("Individual"), ("INDIVIDUAL",)),
    (_LAW_AND_BUSINESS, ("LAW FIRM", "COMPANY", "BANK OR LENDER", "INFORMATION SERVICE", "MEDIA")),
    (_("Government"), ("FEDERAL GOVERNMENT", "STATE GOVERNMENT", "LOCAL GOVERNMENT", "TRIBAL GOVERNMENT", "COURT")),
    (_EDUCATION, ("UNIVERSITY OR SCHOOL", "LIBRARY", "NON-PROFIT ORGANIZATION")),
)
"""What an account is used as, in groups. An upgrading individual is INDIVIDUAL, unless the work is for a government."""


def declares_group(*, account_type: str, user_type: str) -> bool:
    """Whether somebody registers for a group: an account that only searches, used as a firm, a school, a library is.

    Who works for a government, and whoever files, is one person whatever the work is called.
    """
    groups = {name for title, names in USER_TYPES if title in _GROUP_TYPES for name in names}
    return account_type == "search" and user_type in groups


def birth_date_fault(day: date, *, today: date) -> str:
    """A birth date is a day that came, within a lifetime."""
    if day > today:
        return gettext("This day has not come yet. Check the year.")
    if day.year < today.year - _OLDEST_YEARS:
        return gettext("This is more than {n} years ago. Check the year.").format(n=_OLDEST_YEARS)
    return ""


def name_fault(name: str) -> str:
    """Names have letters, and no signs that no name has."""
    if not name:
        return ""
    if odd := _ODD_IN_NAMES.search(name):
        return gettext("A name cannot contain {sign}").format(sign=odd[0])
    return "" if any(c.isalpha() for c in name) else gettext("A name has at least one letter.")


def phone_fault(number: str, *, country: str) -> str:
    """Enough digits to call; how they are grouped is the person's taste. An extension may follow an x."""
    main = re.split(r"(?i)\s*(?:x|ext\.?)\s*", number, maxsplit=1)[0]
    digits = re.sub(r"\D", "", main)
    if re.search(r"[^\d\s().+/-]", main):
        return gettext("Use digits, with spaces or - between them; an extension after x.")
    shortest = 10 if country == "US" else 6
    if not shortest <= len(digits) <= 15:
        return gettext("A telephone number here has at least {n} digits, with its area code.").format(n=shortest)
    return ""


def zip_fault(code: str, *, country: str) -> str:
    """Five digits or nine in the United States; anything short elsewhere."""
    if country == "US" and not re.fullmatch(r"\d{5}(-\d{4})?", code):
        return gettext("A ZIP code has 5 digits, or 9 as in 33101-1234.")
    return ""


def tax_id_fault(number: str) -> str:
    """Nine digits, if given."""
    if number and not re.fullmatch(r"\d{2}-?\d{7}", number):
        return gettext("An employer's tax id has 9 digits, as in 12-3456789.")
    return ""


# Who may already have an account (the checks that courts publish about PACER's registration).


@dataclass(frozen=True)
class Twins:
    """How a new account resembles the ones there are: the most personal items (of name, birth date, mailbox) that
    any one of them shares with it, and whether only a ``+tag`` tells its address from another's."""

    shared_items: int = 0
    tagged_address: bool = False

    @property
    def may_exist(self) -> bool:
        """Two of three: the person is told and may go on."""
        return self.shared_items >= 2

    @property
    def status(self) -> Literal["active", "inactive", "hold"]:
        """Case Search Status that the new account starts with."""
        if self.tagged_address:
            return "hold"
        return "inactive" if self.shared_items >= 3 else "active"


@dataclass(frozen=True)
class Identity:
    """The three personal items that tell people apart."""

    first: str
    last: str
    birth_date: date | None
    email: str

    @property
    def mailbox(self) -> str:
        return same_mailbox(self.email)


def compare(new: Identity, others: Iterable[Identity]) -> Twins:
    """What the accounts there are have in common with a new one."""
    most, tagged = 0, False
    for other in others:
        name = (normal(new.first).lower(), normal(new.last).lower()) == (
            normal(other.first).lower(),
            normal(other.last).lower(),
        )
        birth = new.birth_date is not None and new.birth_date == other.birth_date
        mailbox = bool(new.email) and new.mailbox == other.mailbox
        most = max(most, name + birth + mailbox)
        tagged = tagged or (mailbox and new.email.strip().lower() != other.email.strip().lower())
    return Twins(most, tagged)


# Activation by a mailed letter (the courts' published account of PACER's registration: without a card, a token comes by
# mail in 7 to 10 business days and is typed into Manage My Account).


class Postal(Protocol):
    """Somebody with a name and an address, as accounts have them."""

    name: PersonName
    firm: str
    unit: str
    address1: str
    address2: str
    address3: str
    room: str
    city: str
    state: str
    zip: str
    country: str


LETTER = "letter"
"""The note of an account whose searching waits for its letter."""
ON_PAPER = "23456789ACDEFGHJKMNPQRTVWXY"
_LOOKS_LIKE = str.maketrans("BSZ", "852")
TOKEN_LENGTH = 12
TOKEN_LIFE = timedelta(days=60)
LETTER_COMES_WITHIN = timedelta(days=14)
"""Ten business days, the longest that the mail may take: then its owner may ask for another letter."""
LETTERS_WATCHED, LETTERS_MOST = timedelta(days=90), 4
"""So many letters within so long, for whatever reason; after that the Service Center decides."""


def shown_token(token: str) -> str:
    """Twelve letters as a person reads them: in groups of four."""
    return "-".join(token[n : n + 4] for n in range(0, len(token), 4))


def typed_token(text: str) -> str:
    """What a person typed, as a token: capital letters without signs between, and what looks like one of ours as ours."""
    return re.sub(r"[\W_]+", "", normal(text).upper()).translate(_LOOKS_LIKE)


def postal_lines(to: Postal) -> list[str]:
    """The lines of an address on an envelope, as the United States Postal Service reads them."""
    place = " ".join(part for part in (f"{to.city}," if to.state else to.city, to.state, to.zip) if part)
    lines = (to.name.direct, to.firm, to.unit, to.address1, to.address2, to.address3, to.room, place,
             "" if to.country == "US" else places.countries().get(to.country, to.country).upper())  # fmt: skip
    return list(dict.fromkeys(line for line in lines if line))


def is_under_way(*, printed_at: datetime | None, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a letter may still arrive: it waits to be printed, or left less than ten business days ago."""
    if printed_at is None or expires_at is None:
        return True
    return now < min(expires_at, printed_at + LETTER_COMES_WITHIN)


def account_type_words(*, upgraded: bool) -> str:
    """How Manage My Account names the account's type; courts' instructions quote these words."""
    return gettext("Upgraded PACER Account") if upgraded else gettext("Legacy PACER Account")


# How a person recognizes the browsers and programs that are signed on.

_BROWSERS = (
    ("Edg/", "Microsoft Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


_NEWS_OF_A_DAY = 5
_JUST_CHANGED = timedelta(days=1)


def is_news(*, password_changed_at: datetime | None, knows_others: bool, told_today: int, at: datetime) -> bool:
    """Whether the owner of an account that was in use before is told of a sign-on from a browser or program that it did
    not know.

    Not of the first within a day of a new password, which the owner was told of and which made every browser a stranger:
    ``knows_others`` is False then. And five times a day are enough: who knows the password does not fill the owner's
    mailbox with it.
    """
    if told_today >= _NEWS_OF_A_DAY:
        return False
    just_changed = password_changed_at is not None and at - password_changed_at < _JUST_CHANGED
    return knows_others or not just_changed


def told_name(user_agent: str) -> str:
    """What a mail calls a browser or program: ``device_name``, of a program the letters and digits of its own name only.
    It chose that name, and an owner's mail carries no words and no addresses of a stranger's choice."""
    name = device_name(user_agent)
    return name if _is_browser(user_agent) else re.sub(r"[^A-Za-z0-9_-]", "", name.split("/", 1)[0])[:40]


def _is_browser(user_agent: str) -> bool:
    return any(sign in user_agent for sign, _name in _BROWSERS)


def device_name(user_agent: str) -> str:
    """ "Firefox, Windows" of a browser's User-Agent line; the line's first word for a program; "" if it is empty."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser:
        return f"{browser}, {system}" if system else browser
    return user_agent.split(" ", 1)[0][:60]
