from django.apps import AppConfig


class RelyingPartyConfig(AppConfig):
    name = "openecf.platform.relying_party"
    label = "platform_relying_party"
