from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "openecf.platform.mail"
    label = "platform_mail"
