from django.apps import AppConfig


class Events(AppConfig):
    name = "mingdan.platform.events"
    label = "events"
    verbose_name = "events"
