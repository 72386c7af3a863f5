from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "openecf.court.cases"
    label = "cases"
