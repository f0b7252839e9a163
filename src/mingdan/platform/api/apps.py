from django.apps import AppConfig


class Api(AppConfig):
    name = "mingdan.platform.api"
    label = "api"
    verbose_name = "REST API"
