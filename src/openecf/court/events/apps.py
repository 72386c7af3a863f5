from django.apps import AppConfig

from openecf.court.events import dictionary


class EventsConfig(AppConfig):
    name = "openecf.court.events"
    label = "events"

    def ready(self) -> None:
        # A court with a broken dictionary does not start.
        dictionary.base()
