from django.apps import AppConfig


class ConversionConfig(AppConfig):
    name = "openecf.court.conversion"
    label = "conversion"
