from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openecf.central.accounts"
    label = "accounts"
