from django.apps import AppConfig


class Live(AppConfig):
    name = "mingdan.platform.live"
    label = "live"
