from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "openecf.court.documents"
    label = "documents"
