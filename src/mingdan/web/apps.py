from django.apps import AppConfig


class Web(AppConfig):
    name = "mingdan.web"
    label = "web"

    def ready(self) -> None:
        """Record what happens at the sign-in."""
        from mingdan.web import sign_in_trail

        sign_in_trail.connect()
