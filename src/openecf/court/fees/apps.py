from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "openecf.court.fees"
    label = "fees"
