from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "openecf.platform.payments"
    label = "platform_payments"
