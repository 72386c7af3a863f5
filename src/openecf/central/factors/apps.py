from django.apps import AppConfig


class FactorsConfig(AppConfig):
    name = "openecf.central.factors"
    label = "factors"
