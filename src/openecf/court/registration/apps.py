from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "openecf.court.registration"
    label = "registration"
