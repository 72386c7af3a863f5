from django.apps import AppConfig


class DocketConfig(AppConfig):
    name = "openecf.court.docket"
    label = "docket"
