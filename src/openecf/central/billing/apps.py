from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "openecf.central.billing"
    label = "billing"
