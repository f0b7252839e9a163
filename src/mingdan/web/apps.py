from django.apps import AppConfig


class Web(AppConfig):
    name = "mingdan.web"
    label = "web"
