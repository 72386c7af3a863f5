from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "openecf.court.notices"
    label = "notices"
