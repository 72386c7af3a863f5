from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "openecf.court.filing"
    label = "filing"
