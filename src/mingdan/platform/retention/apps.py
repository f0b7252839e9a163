from django.apps import AppConfig


class Retention(AppConfig):
    name = "mingdan.platform.retention"
    label = "retention"

    def ready(self) -> None:
        """Declare the rights and the nightly job."""
        from mingdan.platform.retention import access, tasks  # noqa: F401
