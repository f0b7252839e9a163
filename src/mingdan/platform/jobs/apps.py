from django.apps import AppConfig


class Jobs(AppConfig):
    name = "mingdan.platform.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Declare the rights over jobs, and the application's own job."""
        from mingdan.platform.jobs import access, upkeep  # noqa: F401
