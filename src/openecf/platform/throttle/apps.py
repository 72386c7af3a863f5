from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    name = "openecf.platform.throttle"
    label = "platform_throttle"
