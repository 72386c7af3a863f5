from django.apps import AppConfig


class CourtsConfig(AppConfig):
    name = "openecf.central.courts"
    label = "courts"
