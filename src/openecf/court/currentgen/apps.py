from django.apps import AppConfig


class CurrentGenConfig(AppConfig):
    name = "openecf.court.currentgen"
    label = "currentgen"
