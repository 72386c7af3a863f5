from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "openecf.platform.jobs"
    label = "platform_jobs"
