from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "openecf.platform.health"
    label = "platform_health"
