from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "openecf.platform.audit"
    label = "platform_audit"
