from django.apps import AppConfig


class FirmsConfig(AppConfig):
    name = "openecf.central.firms"
    label = "firms"
