from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "openecf.platform.store"
    label = "platform_store"
