from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "openecf.court.agents"
    label = "agents"
