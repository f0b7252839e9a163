from django.apps import AppConfig


class Operations(AppConfig):
    name = "mingdan.platform.operations"
    label = "operations"
