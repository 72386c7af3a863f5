from django.apps import AppConfig


class BusConfig(AppConfig):
    name = "openecf.platform.bus"
    label = "platform_bus"
