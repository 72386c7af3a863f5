from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "openecf.court.calendar"
    label = "calendar"
