from django.apps import AppConfig


class TransitionConfig(AppConfig):
    name = "openecf.court.transition"
    label = "transition"
