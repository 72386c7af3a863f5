"""What people type on the pages of this room."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from openecf.court.people import ways
from openecf.court.people.models import How
from openecf.platform.registering import frequency
from openecf.platform.shell.forms import DateInput

AS_USUAL = "usual"


class CourtLoginForm(forms.Form):
    """The login and password that the court issued."""

    login = forms.CharField(
        label=_("CM/ECF login"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("CM/ECF password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The ones this court gave you, not those of PACER."),
    )


class NoticesForm(forms.Form):
    """Where copies of notices go, and in what form."""

    secondary = forms.CharField(
        label=_("Secondary addresses"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One per line, at most ten. Each gets every notice that you get, unless you chose otherwise for it above."
        ),
    )
    form = forms.ChoiceField(label=_("Form of notices"), choices=frequency.FORMS, widget=forms.RadioSelect)
    announcements = forms.BooleanField(
        label=_("General announcements of the court"),
        required=False,
        help_text=_("News for people who file here, to your primary address. What is urgent reaches you in any case."),
    )


class WayForm(forms.Form):
    """How notices go to one address. ``asks_looks``: this court's notices ask once more before a free look."""

    usual = forms.ChoiceField(label=_("When"), widget=forms.RadioSelect)
    tells_silence = forms.BooleanField(label=frequency.SILENCE, required=False, help_text=frequency.SILENCE_HELP)
    form = forms.ChoiceField(label=_("Form of notices"), choices=frequency.FORMS, widget=forms.RadioSelect)
    verifies_look = forms.BooleanField(
        label=_("Ask me once more before a link opens my free copy"),
        required=False,
        help_text=_(
            "Mail scanners open links, too, and without the question they use up the free copy. Holds for notices "
            "from now on."
        ),
    )

    def __init__(self, *args: object, is_primary: bool, asks_looks: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not asks_looks:
            del self.fields["verifies_look"]
        words = {**dict(How.choices), How.NONE: _("Only of the cases listed below")}
        self.fields["usual"].choices = [(how, words[how]) for how in ways.offered(is_primary=is_primary)]


class CaseWayForm(forms.Form):
    """How notices of one case go to one address."""

    number = forms.CharField(
        label=_("Case number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    how = forms.ChoiceField(label=_("When"), widget=forms.RadioSelect, initial=How.SUMMARY)

    def __init__(self, *args: object, is_primary: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = {**dict(How.choices), How.NONE: _("No notices of this case")}
        self.fields["how"].choices = [(how, words[how]) for how in ways.offered(is_primary=is_primary)]


class OwnCasesForm(forms.Form):
    """How notices of several of one's own cases go to one address. ``shown``: the cases that the page lists."""

    case = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Tick the cases for which you choose a way.")}
    )
    how = forms.ChoiceField(label=_("The ticked cases"), widget=forms.RadioSelect)

    def __init__(self, *args: object, is_primary: bool, shown: Iterable[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = {**dict(How.choices), How.NONE: _("No notices of these cases")}
        offered = [(how, words[how]) for how in ways.offered(is_primary=is_primary)]
        self.fields["how"].choices = [(AS_USUAL, _("As is usual for this address")), *offered]
        self.fields["case"].choices = [(case, str(case)) for case in shown]


class PeriodForm(forms.Form):
    """From one day to another."""

    start = forms.DateField(label=_("From"), required=False, widget=DateInput)
    end = forms.DateField(label=_("To"), required=False, widget=DateInput)
