"""What a change of parameters would have done in past months, before it is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from mingdan.engine.findings import Finding
from mingdan.engine.parameters import Setup
from mingdan.engine.reading import ReadTrail
from mingdan.engine.result import Alert, DetectorRun, ScanResult
from mingdan.engine.scan import Progress, ScanOptions, ask, fused
from mingdan.engine.trail import Tables

Answers = tuple[tuple[DetectorRun, ...], tuple[Finding, ...]]


@dataclass(frozen=True)
class Compared:
    """One day as it was (`now`) and as it would have been (`then`); alerts are those newly raised that day."""

    day: date
    now: ScanResult
    then: ScanResult

    @property
    def gone(self) -> tuple[Alert, ...]:
        """Alerts that would not have been raised that day."""
        return _without(self.now.alerts, self.then.alerts)

    @property
    def new(self) -> tuple[Alert, ...]:
        """Alerts that only the change would have raised that day."""
        return _without(self.then.alerts, self.now.alerts)


def _without(some: Sequence[Alert], others: Sequence[Alert]) -> tuple[Alert, ...]:
    known = {alert.matter.matter_id for alert in others}
    return tuple(alert for alert in some if alert.matter.matter_id not in known)


def dry_run(
    read: ReadTrail,
    days: Sequence[date],
    options: ScanOptions,
    now: Setup,
    then: Setup,
    *,
    on_progress: Progress,
) -> Iterator[Compared]:
    """Yield each day scanned with both setups; detectors that the change leaves alone are asked once."""
    raised_now: list[Alert] = []
    raised_then: list[Alert] = []
    for index, day in enumerate(days):
        on_progress(f"{day}", index / len(days))
        tables = read.as_of(datetime.combine(day, time.max))
        before = ask(tables, now, _quiet)
        after = _asked_again(tables, before, now, then)
        one = fused(tables, read, options, now, *before, raised_now)
        other = fused(tables, read, options, then, *after, raised_then)
        raised_now.extend(one.alerts)
        raised_then.extend(other.alerts)
        yield Compared(day, one, other)


def _asked_again(tables: Tables, before: Answers, now: Setup, then: Setup) -> Answers:
    """Ask the changed detectors anew and keep what the others said."""
    changed = {code for code, one in then.by_code.items() if one != now.by_code[code]} | (now.off ^ then.off)
    again = Setup(tuple(one for one in then.detectors if one.code in changed), then.off, then.fusion)
    runs, findings = ask(tables, again, _quiet)
    run_of = {run.code: run for run in (*before[0], *runs)}
    said = [one for one in before[1] if one.detector not in changed] + list(findings)
    place = {one.code: at for at, one in enumerate(then.detectors)}
    said.sort(key=lambda one: place[one.detector])
    return tuple(run_of[one.code] for one in then.detectors), tuple(said)


def _quiet(_what: str, _share: float) -> None:
    return None
