"""Figures for Prometheus (text format 0.0.4): requests of this process, and how trail, jobs and events stand."""

import datetime
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.sessions.models import Session
from django.db.models import Count, Min

from mingdan import __version__
from mingdan.platform.events.models import Delivery
from mingdan.platform.jobs.models import Job
from mingdan.platform.trail.queries import standing

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds; upper bounds of the histogram's buckets."""


@dataclass
class Requests:
    """What this process has answered since it started, by route and status; safe between threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    answered: dict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        place = sum(1 for bound in BOUNDS if seconds > bound)
        with self._lock:
            self.answered[method, route, status] += 1
            self.buckets[place] += 1
            self.seconds += seconds

    def lines(self) -> Iterator[str]:
        """Yield counters and histogram."""
        with self._lock:
            answered, buckets, seconds = dict(self.answered), list(self.buckets), self.seconds
        yield from _head("mingdan_requests_total", "counter", "Requests answered by this process.")
        for (method, route, status), count in sorted(answered.items()):
            yield f'mingdan_requests_total{{method="{method}",route="{_quoted(route)}",status="{status}"}} {count}'
        yield from _head("mingdan_request_seconds", "histogram", "How long answers took.")
        for place, bound in enumerate([*map(str, BOUNDS), "+Inf"]):
            yield f'mingdan_request_seconds_bucket{{le="{bound}"}} {sum(buckets[: place + 1])}'
        yield f"mingdan_request_seconds_sum {seconds:.6f}"
        yield f"mingdan_request_seconds_count {sum(buckets)}"


REQUESTS = Requests()


def exposition(at: datetime.datetime) -> str:
    """Return all figures as Prometheus reads them."""
    return "\n".join([*_gauges(at), *REQUESTS.lines()]) + "\n"


def _gauges(at: datetime.datetime) -> Iterator[str]:
    trail = standing()
    waits = (at - trail.waiting_since).total_seconds() if trail.waiting_since else 0
    signed = (at - trail.signed_at).total_seconds() if trail.signed_at else 0
    told = (
        ("mingdan_trail_entries", "Numbered entries of the audit trail.", trail.size),
        ("mingdan_trail_waiting", "Entries without a number yet.", trail.waiting),
        ("mingdan_trail_waiting_seconds", "How long the oldest entry waits for its checkpoint.", max(0, waits)),
        ("mingdan_trail_checkpoint_age_seconds", "Age of the newest signed checkpoint.", max(0, signed)),
        ("mingdan_sessions", "Sessions that have not ended.", Session.objects.filter(expire_date__gt=at).count()),
    )
    yield from _head("mingdan_build_info", "gauge", "The version that runs.")
    yield f'mingdan_build_info{{version="{__version__}"}} 1'
    for name, meaning, value in told:
        yield from _head(name, "gauge", meaning)
        yield f"{name} {value}"
    yield from _by_state("mingdan_jobs", "Background jobs.", dict(_counted(Job)))
    yield from _by_state("mingdan_deliveries", "Deliveries of events to listeners.", dict(_counted(Delivery)))
    oldest = Delivery.objects.filter(state=Delivery.State.WAITING).aggregate(at=Min("next_at"))["at"]
    yield from _head("mingdan_delivery_late_seconds", "gauge", "How long the oldest delivery is overdue.")
    yield f"mingdan_delivery_late_seconds {max(0.0, (at - oldest).total_seconds()) if oldest else 0}"


def _counted(model: type[Job] | type[Delivery]) -> list[tuple[str, int]]:
    return list(model._default_manager.values_list("state").annotate(number=Count("pk")).order_by("state"))


def _by_state(name: str, meaning: str, counts: dict[str, int]) -> Iterator[str]:
    yield from _head(name, "gauge", meaning)
    for state, count in counts.items():
        yield f'{name}{{state="{state}"}} {count}'


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
