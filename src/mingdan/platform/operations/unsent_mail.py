"""What becomes of mail where no mail server is set: it is not sent, and not printed into the logs either."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Say that mail was not sent; return 0."""
        logger.error("mail was not sent, because MINGDAN_SMTP is missing", extra={"count": len(email_messages)})
        return 0
