"""One scan: read the trail, ask every detector, fuse what they say."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import ibis

import mingdan
from mingdan.engine.callback_estimate import estimate_from_callbacks
from mingdan.engine.findings import Finding, Text
from mingdan.engine.fuse import Policy, alerts_of, draw_callbacks, matters_of
from mingdan.engine.parameters import Setup, shipped
from mingdan.engine.reading import ReadTrail, read_trail
from mingdan.engine.result import Alert, Callback, DetectorRun, Matter, ScanResult
from mingdan.engine.spark import read_on_spark
from mingdan.engine.trail import Tables

Progress = Callable[[str, float], None]

DUCKDB = "duckdb"
"""The engine of this machine; the others are spark://host:port and spark://local."""

FAILED = "failed: "
"""How the reason of a detector begins that raised an exception."""

CALLBACKS_FOR_EACH_ALERT = 5
"""How many customers to ask for each alert of the budget: asking is cheaper than suspecting and finds what is missed."""


@dataclass(frozen=True)
class ScanOptions:
    """How to scan; None leaves a choice to the trail (`as_of` its newest time, `budget` 4 for each 100 salespeople)."""

    source: str | None = None
    mapping: Path | None = None
    key_file: Path | None = None
    as_of: datetime | None = None
    budget: int | None = None
    min_probability: float = 0.8
    strict: bool = False
    engine: str = DUCKDB


def scan(
    path: Path | str,
    options: ScanOptions,
    *,
    workspace: Path,
    on_progress: Progress,
    setup: Setup | None = None,
) -> tuple[ScanResult, ReadTrail]:
    """Scan the trail at `path`; return the result and the trail it was read from, still open.

    Raises UnreadableTrailError, with a sentence that says what to do, where there is nothing to scan.
    """
    started = time.perf_counter()
    read = open_trail(path, options, workspace=workspace, on_progress=on_progress)
    result = look(read, options.as_of or read.latest, options, on_progress=on_progress, setup=setup)
    return replace(result, seconds=time.perf_counter() - started), read


def open_trail(path: Path | str, options: ScanOptions, *, workspace: Path, on_progress: Progress) -> ReadTrail:
    """Read the trail at `path`, or at a URI that Spark knows, for the engine of the options."""

    def read_here() -> ReadTrail:
        return read_trail(
            Path(path),
            source=options.source,
            mapping=options.mapping,
            key_file=options.key_file,
            strict=options.strict,
            workspace=workspace,
            on_progress=on_progress,
        )

    if options.engine == DUCKDB:
        return read_here()
    return read_on_spark(
        options.engine,
        path,
        read_here,
        has_source=bool(options.source or options.mapping),
        strict=options.strict,
        workspace=workspace,
        on_progress=on_progress,
    )


def look(
    read: ReadTrail,
    moment: datetime,
    options: ScanOptions,
    *,
    on_progress: Progress,
    setup: Setup | None = None,
    raised: Sequence[Alert] = (),
) -> ScanResult:
    """Ask every detector of a trail that has been read, as of a moment, and fuse what they say; `raised` is not repeated."""
    started = time.perf_counter()
    tables = read.as_of(moment)
    setup = setup or shipped()
    runs, findings = ask(tables, setup, on_progress, strict=options.strict)
    result = fused(tables, read, options, setup, runs, findings, raised)
    return replace(result, seconds=time.perf_counter() - started)


def ask(
    tables: Tables, setup: Setup, on_progress: Progress, *, strict: bool = False
) -> tuple[tuple[DetectorRun, ...], tuple[Finding, ...]]:
    """Ask every detector that the trail can answer; return how each went, and all findings in a fixed order.

    A detector that fails on this trail is left out and said so, so that one fault does not cost the whole scan; where it
    is `strict`, its exception is raised.
    """
    runs = []
    findings: list[Finding] = []
    for index, detector in enumerate(setup.detectors):
        on_progress(detector.code, index / len(setup.detectors))
        started = time.perf_counter()
        reason = "switched off" if detector.code in setup.off else detector.missing(tables)
        said: list[Finding] = []
        try:
            said = [] if reason else detector.run(tables)
        except Exception as error:
            if strict or isinstance(error, OSError | MemoryError):
                raise
            reason = f"{FAILED}{type(error).__name__}: {error}".strip()
        seconds = time.perf_counter() - started
        status = "skipped" if reason else "ran"
        runs.append(DetectorRun(detector.code, detector.version, status, len(said), seconds, reason))
        findings.extend(said)
    return tuple(runs), tuple(findings)


def _of_failures(runs: Sequence[DetectorRun]) -> tuple[Text, ...]:
    failed = ", ".join(run.code for run in runs if (run.reason or "").startswith(FAILED))
    if not failed:
        return ()
    return (
        Text(
            f"These detectors failed on this trail and said nothing, please report it: {failed}.",
            f"以下检测器在此数据上出错，未给出结果，请反馈：{failed}。",
        ),
    )


def fused(
    tables: Tables,
    read: ReadTrail,
    options: ScanOptions,
    setup: Setup,
    runs: tuple[DetectorRun, ...],
    findings: tuple[Finding, ...],
    raised: Sequence[Alert],
) -> ScanResult:
    """Weigh what the detectors said and make a result of it."""
    salespeople = salespeople_of(tables)
    policy = Policy.for_company(len(salespeople), budget=options.budget, min_probability=options.min_probability)
    matters = matters_of(findings, setup.detectors, len(salespeople), as_of=tables.as_of, fusion=setup.fusion)
    callbacks = _callbacks(tables, matters, policy, _steered(findings, setup))
    return ScanResult(
        version=mingdan.__version__,
        as_of=tables.as_of.date(),
        moment=tables.as_of,
        seconds=0.0,
        engine=read.engine,
        currency=read.currency,
        tables=read.counts_at(tables),
        detectors=runs,
        findings=findings,
        matters=matters,
        alerts=alerts_of(matters, setup.detectors, policy, raised),
        callbacks=callbacks,
        notices=(*(read.notices if tables.as_of >= read.latest else ()), *_of_failures(runs)),
        set_aside=read.set_aside,
        numbers=_numbers(salespeople, findings),
        names=_names(tables, findings, callbacks),
        min_probability=policy.min_probability,
        callback_estimate=estimate_from_callbacks(tables),
    )


def salespeople_of(tables: Tables) -> tuple[str, ...]:
    """Return the ids of the salespeople: employees with the role rep, else whoever owns deals or books orders."""
    if tables.has("employees", "role"):
        employees = tables.employees.filter(ibis._.role == "rep").select(employee_id="employee_id")
    else:
        owners = tables.opportunities.select(employee_id="owner_id")
        employees = owners.union(tables.orders.select("employee_id")).filter(ibis._.employee_id.notnull())
    rows = tables.records(employees.distinct(), order_by=["employee_id"])
    return tuple(row["employee_id"] for row in rows)


def _steered(findings: Sequence[Finding], setup: Setup) -> dict[str, float]:
    """Return for each salesperson the heaviest that a modifier found."""
    steered: dict[str, float] = {}
    for one in findings:
        if one.employee_id and setup.by_code[one.detector].modifier:
            steered[one.employee_id] = max(steered.get(one.employee_id, 0.0), one.weight)
    return steered


def _callbacks(
    tables: Tables, matters: Sequence[Matter], policy: Policy, steered: Mapping[str, float]
) -> tuple[Callback, ...]:
    """Draw from every customer that ever had a deal or an order."""
    dealt = tables.opportunities.select("account_id").union(tables.orders.select("account_id"))
    rows = tables.records(dealt.filter(ibis._.account_id.notnull()).distinct(), order_by=["account_id"])
    size = CALLBACKS_FOR_EACH_ALERT * policy.budget
    seed = f"{tables.as_of:%Y-%m-%d}"
    return draw_callbacks([row["account_id"] for row in rows], matters, size=size, seed=seed, steered=steered)


def _numbers(salespeople: Sequence[str], findings: Sequence[Finding]) -> dict[str, int]:
    named = {finding.employee_id for finding in findings if finding.employee_id}
    return {employee: number for number, employee in enumerate(sorted(named | set(salespeople)), start=1)}


def _names(tables: Tables, findings: Sequence[Finding], callbacks: Sequence[Callback]) -> dict[str, dict[str, str]]:
    """Return what customers and firms in the findings and call-backs are called, and every employee, by table and id.

    Everybody's name is there so that a report without names can take out also those who are mentioned in passing.
    """
    wanted = {
        "accounts": {account for finding in findings for account in finding.account_ids}
        | {callback.account_id for callback in callbacks},
        "companies": {company for finding in findings for company in finding.company_ids},
    }
    everybody = tables.records(tables.employees.select("employee_id", "name"), order_by=["employee_id"])
    names = {"employees": {row["employee_id"]: row["name"] for row in everybody}}
    for table, ids in wanted.items():
        key = f"{table[:-1] if table != 'companies' else 'company'}_id"
        rows = tables.records(tables[table].filter(ibis._[key].isin(sorted(ids))), order_by=[key]) if ids else []
        names[table] = {row[key]: row["name"] for row in rows if row["name"]}
    return names
