from django.apps import AppConfig


class BannersConfig(AppConfig):
    name = "openecf.platform.banners"
    label = "platform_banners"
