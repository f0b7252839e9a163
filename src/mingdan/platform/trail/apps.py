from django.apps import AppConfig


class Trail(AppConfig):
    name = "mingdan.platform.trail"
    label = "trail"
    verbose_name = "audit trail"
