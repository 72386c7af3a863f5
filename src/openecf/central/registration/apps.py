from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "openecf.central.registration"
    label = "registration"
