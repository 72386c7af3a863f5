from django.apps import AppConfig


class ServiceCenterConfig(AppConfig):
    name = "openecf.central.service_center"
    label = "service_center"
