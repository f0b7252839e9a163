"""Render a scan's result as one HTML document that needs nothing else: no network, no font, no script from outside."""

import base64
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.findings import Text
from mingdan.engine.report.amounts import amount, many, short_amount
from mingdan.engine.report.coverage import blinded, detector_rows, missing_registers, set_aside_rows
from mingdan.engine.report.drawings import kind_title
from mingdan.engine.report.estimates import shown_estimate
from mingdan.engine.report.listing import MOST_CALLBACKS, MOST_MATTERS, callback_rows, matters_below
from mingdan.engine.report.people import People
from mingdan.engine.report.story import tell
from mingdan.engine.report.typography import chinese
from mingdan.engine.report.words import table_title
from mingdan.engine.result import ScanResult


def render(result: ScanResult, *, with_names: bool, detectors: Sequence[Detector[Any]] = DETECTORS) -> str:
    """Return the report as an HTML document; without names people appear only by their number."""
    by_code = {detector.code: detector for detector in detectors}
    people = People(result, with_names=with_names)
    environment = _environment()
    style = environment.get_template("report.css").render()
    script = environment.get_template("report.js").render()
    return environment.get_template("report.html.j2").render(
        result=result,
        with_names=with_names,
        style=Markup(style),  # noqa: S704  # our own files
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
        alerts=[tell(alert, result, people, by_code) for alert in result.alerts],
        matters=matters_below(result, people, by_code),
        matters_left_out=max(0, len(result.matters) - len(result.alerts) - MOST_MATTERS),
        callbacks=callback_rows(result.callbacks, people),
        callbacks_left_out=max(0, len(result.callbacks) - MOST_CALLBACKS),
        estimate=shown_estimate(result.callback_estimate, people),
        tables=[(table_title(table.name), table) for table in sorted(result.tables, key=lambda one: -one.rows)],
        notices=[people.notice(notice) for notice in result.notices],
        set_aside=set_aside_rows(result, people),
        blinded=blinded(result, by_code),
        missing_registers=missing_registers(result),
        detectors=detector_rows(result, by_code),
        totals=_totals(result),
    )


def _totals(result: ScanResult) -> dict[str, Any]:
    at_risk = sum((alert.matter.amount_at_risk for alert in result.alerts), Decimal(0))
    return {
        "at_risk": amount(at_risk, result.currency),
        "at_risk_short": short_amount(at_risk, result.currency),
        "rows": sum(table.rows for table in result.tables),
        "set_aside": sum(table.set_aside for table in result.tables),
        "below": len(result.matters) - len(result.alerts),
        "ran": sum(run.status != "skipped" for run in result.detectors),
        "skipped": sum(run.status == "skipped" for run in result.detectors),
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mingdan.engine.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"t": both, "several": several, "counted": counted, "kind_title": kind_title}
    environment.filters |= {"signed": signed, "begun": begun, "chinese": chinese}
    return environment


def _policy(style: str, script: str) -> str:
    """Forbid everything but the document's own style and script, each by its hash."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def both(en: Text | str, zh: str | None = None, **values: object) -> Markup:
    """Return a text in both languages, of which the page shows one; `values` fill it, a Text in its own language."""
    text = en if isinstance(en, Text) else Text(en, zh if zh is not None else en)
    if text.en == text.zh and not values:
        return escape(text.en)
    return Markup('<span class="l" lang="en">{}</span><span class="l" lang="zh">{}</span>').format(
        _filled(text.en, values, "en"), _filled(text.zh, values, "zh")
    )


def _filled(text: str, values: dict[str, object], language: str) -> Markup:
    if values:
        said = {name: getattr(value, language) if isinstance(value, Text) else value for name, value in values.items()}
        text = text.format(**said)
    return escape(chinese(text) if language == "zh" else text)


def several(names: Sequence[Text], shown: int = 2) -> Text:
    """Join names, the first few in full: `A, B and 3 more`."""
    more = len(names) - shown
    en, zh = ", ".join(one.en for one in names[:shown]), "、".join(one.zh for one in names[:shown])
    return Text(f"{en} and {more:,} more", f"{zh} 等 {len(names):,} 家") if more > 0 else Text(en, zh)


def counted(count: int, one: str, more: str) -> Text:
    """Return a count with its English noun; the Chinese sentence brings its own measure word."""
    return Text(many(count, one, more), f"{count:,}")


def signed(weight: float) -> str:
    """Write a weight of evidence to one decimal, with its sign."""
    return f"{weight:+.1f}".replace("-", "−")


def begun(text: Text) -> Text:
    """Let a text begin with a capital."""
    return Text(text.en[:1].upper() + text.en[1:], text.zh)
