from django.apps import AppConfig


class SignonConfig(AppConfig):
    name = "openecf.central.signon"
    label = "signon"
