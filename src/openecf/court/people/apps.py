from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "openecf.court.people"
    label = "people"
