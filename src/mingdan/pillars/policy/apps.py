from django.apps import AppConfig


class Policy(AppConfig):
    name = "mingdan.pillars.policy"
    label = "policy"

    def ready(self) -> None:
        """Declare rights, retention and who may have the files."""
        from mingdan.pillars.policy import access, expiries  # noqa: F401
