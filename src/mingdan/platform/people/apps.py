from django.apps import AppConfig


class People(AppConfig):
    name = "mingdan.platform.people"
    label = "people"

    def ready(self) -> None:
        """Declare the rights over people."""
        from mingdan.platform.people import access  # noqa: F401
