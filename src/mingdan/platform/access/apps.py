from django.apps import AppConfig


class Access(AppConfig):
    name = "mingdan.platform.access"
    label = "access"

    def ready(self) -> None:
        """Declare the rights over access itself."""
        from mingdan.platform.access import declared  # noqa: F401
