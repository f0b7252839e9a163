from django.apps import AppConfig
from django.conf import settings


class Operations(AppConfig):
    name = "mingdan.platform.operations"
    label = "operations"

    def ready(self) -> None:
        """Keep what nobody caught out of the logs' texts."""
        from mingdan.platform.operations.log_lines import log_uncaught

        if settings.IS_PRODUCTION:
            log_uncaught()
