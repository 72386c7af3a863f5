"""How forms look on every page: set once as Django's form renderer, so that no room styles a field by hand."""

from __future__ import annotations

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

_CLASSES = {
    "select": "usa-select",
    "selectmultiple": "usa-select",
    "textarea": "usa-textarea",
    "checkbox": "usa-checkbox__input",
    "radioselect": "usa-radio__input",
    "checkboxselectmultiple": "usa-checkbox__input",
    "file": "usa-file-input",
    "clearablefile": "usa-file-input",
    "multiplefile": "usa-file-input",
}


class Field(BoundField):
    """A form field that carries the design system's class of its kind."""

    def build_widget_attrs(self, attrs: dict, widget: forms.Widget | None = None) -> dict:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        own = _CLASSES.get(self.widget_type, "usa-input")
        if self.errors and own == "usa-input":
            own += " usa-input--error"
        given = attrs.get("class") or widget.attrs.get("class", "")
        return attrs | {"class": f"{own} {given}".strip()}


class Renderer(TemplatesSetting):
    """Setting ``FORM_RENDERER``."""

    form_template_name = "shell/form.html"
    field_template_name = "shell/field.html"
    bound_field_class = Field


class DateInput(forms.DateInput):
    """The browser's own date picker; typed text where there is none. Values are ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%H:%M")
