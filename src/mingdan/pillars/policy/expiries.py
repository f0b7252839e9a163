"""What this part erases when its time is over."""

import datetime

from django.db import transaction

from mingdan.pillars.policy.models import DataRequest
from mingdan.platform.people.models import Employee
from mingdan.platform.retention.expiries import Erased, carry_out
from mingdan.platform.retention.holds import held_employees


@transaction.atomic
def requests(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Erase the words of requests and answers; that there was a request stays."""
    over = DataRequest.objects.filter(released_at__lt=at - kept).exclude(words="", answer="")
    held = Employee.objects.filter(pk__in=held_employees(), user__isnull=False).values("user_id")
    kept_back = over.filter(by__in=held).values("by").distinct().count()
    return Erased(over.exclude(by__in=held).update(words="", answer=""), kept_back)


carry_out("request", requests)
