from django.apps import AppConfig


class Files(AppConfig):
    name = "mingdan.platform.files"
    label = "files"
