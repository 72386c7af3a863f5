from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "openecf.platform.shell"
    label = "platform_shell"
