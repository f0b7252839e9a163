from django.apps import AppConfig


class People(AppConfig):
    name = "mingdan.platform.people"
    label = "people"

    def ready(self) -> None:
        """Declare the rights over people, and what tokens may be good for."""
        from mingdan.platform.people import access, scopes  # noqa: F401
