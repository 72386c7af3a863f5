"""Step-by-step guides with pictures, and questions that filers ask about the move. Words only; the pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Step:
    """One step: what to do, and what one sees then. ``picture``: a file's name, and in words what it shows."""

    words: Promise
    picture: str = ""
    shows: Promise | str = ""


@dataclass(frozen=True)
class Guide:
    """One guide. ``when``: in words, from when on it can be followed."""

    key: str
    title: Promise
    when: Promise
    steps: tuple[Step, ...]


GUIDES = (
    Guide(
        "upgrade",
        _("Upgrading your PACER account"),
        _("Now, if your account was made before August 11, 2014. Once for all courts."),
        (
            Step(
                _(
                    "Log in to Manage My Account with your PACER user name and password and look at Account Type. If it "
                    "says Upgraded PACER Account, you are done."
                ),
                "upgrade-1",
                _("Manage My Account of a legacy account: the line Account Type has a link that says Upgrade."),
            ),
            Step(
                _("Choose Upgrade. Three steps follow, and nothing changes before the last of them."),
                "upgrade-2",
                _("The page Upgrade your PACER account with its three steps: Person, Address, Security."),
            ),
            Step(
                _("Person: complete your name, date of birth and e-mail address. You are an individual, not a group."),
                "upgrade-3",
                _("The form of the step Person."),
            ),
            Step(_("Address: check it and choose your county.")),
            Step(
                _(
                    "Security: choose a user name and a new password. Do not use your court login or its password. Then "
                    "the page says that the upgrade is complete."
                )
            ),
        ),
    ),
    Guide(
        "court-password",
        _("Finding out your court login and password"),
        _("Before the last day for resets. You need them one last time, to link."),
        (
            Step(
                _(
                    "Try them at this court's own login page, typed by hand: a browser that fills them in may know what "
                    "you do not. The login is usually your first initial and last name."
                ),
                "password-1",
                _("The court's own login page with the fields Court login and Court password."),
            ),
            Step(
                _(
                    'If they do not fit, choose "I do not know my password" and type your login. The court mails a link '
                    "to the address that it holds; it is good for an hour."
                ),
                "password-2",
                _("The page A new court password with one field, Court login."),
            ),
            Step(_("Open the link, choose a new password and write it on the preparation sheet.")),
            Step(
                _("After the last day only the clerk's office can help: it makes sure who you are and gives a new one.")
            ),
        ),
    ),
    Guide(
        "link",
        _("Linking your court login to your PACER account"),
        _("On or after the day on which the court is live. Once at each court."),
        (
            Step(
                _("Open this court's start page and choose Log in. Sign in with your own upgraded PACER account."),
                "link-1",
                _("Central Sign-On with the fields Username and Password."),
            ),
            Step(
                _(
                    "You see the PACER menu only: Query, Reports, Utilities. Choose Utilities, then the line about linking."
                ),
                "link-2",
                _("The page Utilities; its first group, Your Account, begins with the link to link accounts."),
            ),
            Step(
                _("Type the login and the password that this court issued, not those of PACER, and choose Submit."),
                "link-3",
                _("The form with the fields CM/ECF login and CM/ECF password."),
            ),
            Step(
                _("Compare the two identities. If both are yours, confirm. If not, stop and call the court."),
                "link-4",
                _("Both identities, one under the other: the PACER account and the court's account."),
            ),
            Step(
                _("The next page has the filing menus. Both sides get a mail. The court login opens nothing any more."),
                "link-5",
                _("The page that says that the accounts are linked; the menu bar has the filing menus now."),
            ),
            Step(_("Check the e-mail addresses for your notices under Utilities: linking does not change them.")),
        ),
    ),
)


def guide(key: str) -> Guide | None:
    """The guide of that key."""
    return next((one for one in GUIDES if one.key == key), None)


@dataclass(frozen=True)
class Question:
    """A question and its answer."""

    asked: Promise
    answer: Promise


QUESTIONS = (
    Question(
        _("Our office shares one PACER account. Can we go on?"),
        _(
            "To search, yes. To file, no: an account that several people use cannot be linked. Everyone who files gets an "
            "account of the own; a PACER Administrative Account can pay for all of them."
        ),
    ),
    Question(
        _("I upgraded my account for another court. Do I have to do it again?"),
        _("No. Upgrading is done once for all courts. Linking is done once at each court."),
    ),
    Question(
        _("I have several logins of this court. What now?"),
        _(
            "One PACER account takes one court login. Ask the clerk's office before the court goes live: it can join "
            "logins that are one person's, and issue one to everybody who used another's."
        ),
    ),
    Question(
        _("My browser knows my password, I do not. Is that enough?"),
        _(
            "No. Linking is at another address, where the browser does not fill it in. Find it out, or have it reset, "
            "before the last day."
        ),
    ),
    Question(
        _("My bookmarks no longer work. Why?"),
        _("Pages of the old login lead to one that says what changed. Keep this court's start page instead."),
    ),
    Question(
        _("A deadline ends while filing is closed. When is it due?"),
        _(
            "On the day on which filing opens again; the docket of the case says so. What cannot wait is mailed to the "
            "emergency address: it counts from when it was received, and the clerk's office dockets it afterwards."
        ),
    ),
    Question(
        _("I am new at this court. What do I do?"),
        _("Register in Manage My Account; the court's local form comes with it. You have nothing to link."),
    ),
    Question(
        _("I work for an attorney and file in the attorney's name. What do I need?"),
        _(
            "A PACER account of your own, as a non-attorney filer. With it you register at this court as a filing agent, in "
            "Manage My Account. Once the court approves, the attorney adds you under Utilities, and you choose whom you "
            "act for."
        ),
    ),
)
