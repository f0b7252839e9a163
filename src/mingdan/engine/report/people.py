"""What people, customers and firms are called, and how people stay unnamed in a report that may be passed on."""

import re
from collections.abc import Mapping
from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.findings import Evidence, Fact, Text
from mingdan.engine.report.masking import pattern_of
from mingdan.engine.result import Matter, Reason, ScanResult
from mingdan.engine.tables import TABLES
from mingdan.engine.wording import sentence
from mingdan.lib.company_names import firm_name

SOMEONE = Text("an employee", "某员工")
A_PERSON = Text("a person", "某人")
_PERSON = re.compile(r"employee|salesperson|person|people|colleague|manager|owner|_by$|^(rep|who|by)$")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PERSON_COLUMNS = {"person_name", "holder"}
_TABLE_OF_FACT = {"account": "accounts", "customer": "accounts", "company": "companies", "firm": "companies"}


class People:
    """Names with `with_names`, else numbers; either way in both languages.

    Without names every id and name of an employee that stands in the data of the result is replaced. An id of fewer
    than five digits only (17) could be any number, so it is replaced only where the data say that it means a person.
    """

    def __init__(self, result: ScanResult, *, with_names: bool) -> None:
        self.with_names = with_names
        self._numbers = result.numbers
        self._names = result.names
        employees = result.names.get("employees", {})
        self._known = {one: one for one in {*result.numbers, *employees}}
        names = {} if with_names else {name: one for one, name in sorted(employees.items()) if len(name) > 1}
        self._by_word = {one.lower(): employee for one, employee in sorted({**names, **self._known}.items())}
        self._pattern = pattern_of(one for one in self._by_word if _is_distinctive(one))

    def label(self, employee_id: str | None) -> Text:
        """Return the name, or `salesperson 17` without names."""
        if employee_id is None:
            return Text("no salesperson", "无销售员")
        name = self._names.get("employees", {}).get(employee_id)
        if self.with_names and name:
            return Text(name, name)
        return self.number(employee_id)

    def number(self, employee_id: str) -> Text:
        """Return `salesperson 17`, or what stands for somebody without a number."""
        number = self._numbers.get(employee_id)
        return Text(f"salesperson {number}", f"销售员 {number}") if number is not None else SOMEONE

    def customer(self, account_id: str) -> Text:
        return self.masked(self._names.get("accounts", {}).get(account_id) or account_id)

    def firm(self, company_id: str) -> Text:
        return self.masked(self._names.get("companies", {}).get(company_id) or company_id)

    def outside_firms(self, matter: Matter) -> tuple[str, ...]:
        """Return the firms of a matter that are not one of its customers under its registered name."""
        accounts = self._names.get("accounts", {})
        own = {firm_name(accounts[one]) for one in matter.account_ids if one in accounts}
        firms = self._names.get("companies", {})
        return tuple(one for one in matter.company_ids if firm_name(firms.get(one, one)) not in own)

    def masked(self, value: str) -> Text:
        """Replace employees' ids and names in a value of the data."""
        if self.with_names or self._pattern is None:
            return Text(value, value)

        def said(match: re.Match[str], language: str) -> str:
            employee = self._by_word.get(match[0].lower(), "")
            return str(getattr(self.number(employee), language))

        en = self._pattern.sub(lambda match: said(match, "en"), value)
        zh = self._pattern.sub(lambda match: said(match, "zh"), value)
        return Text(en, zh)

    def masked_text(self, text: Text) -> Text:
        return Text(self.masked(text.en).en, self.masked(text.zh).zh)

    def notice(self, text: Text) -> Text:
        """Return a notice of the reader; an example from a column that may name a person is left out."""
        about = re.match(r"(\w+)\.(\w+):", text.en)
        if not self.with_names and about and _may_name(about[1], about[2]):
            text = Text(_QUOTED.sub("…", text.en), _QUOTED.sub("…", text.zh))
        return self.masked_text(text)

    def row(self, evidence: Evidence) -> Text:
        """Return a row's id with the parts of its key that mean people replaced."""
        table = TABLES.get(evidence.table)
        parts = evidence.row_id.split("|")
        if table is None or len(parts) != len(table.key):
            about_people = table is not None and any(_means_person(table.name, name) for name in table.key)
            return self.masked(evidence.row_id) if self.with_names or not about_people else SOMEONE
        said = [self._part(table.name, name, part, parts[0]) for name, part in zip(table.key, parts, strict=True)]
        return Text(" | ".join(one.en for one in said), " | ".join(one.zh for one in said))

    def _part(self, table: str, column: str, part: str, first: str) -> Text:
        if self.with_names or not part:
            return Text(part, part)
        if _means_employee(table, column) or (column == "row_id" and first == "employees"):
            return self.number(part)
        return A_PERSON if column in _PERSON_COLUMNS else self.masked(part)

    def told(self, reason: Reason, detectors: Mapping[str, Detector[Any]]) -> Text:
        """Return a reason's sentence, filled again with people's and customers' names as they may be shown."""
        detector = detectors.get(reason.finding.detector)
        if detector is None:
            return self.masked_text(reason.text)
        facts = {name: self._fact(name, value) for name, value in reason.finding.facts.items()}
        return sentence(detector.sentence, facts)

    def _fact(self, name: str, value: Fact) -> Fact:
        if isinstance(value, Text):
            return self.masked_text(value)
        if not isinstance(value, str):
            return value
        if _PERSON.search(name) and value in self._known:
            return self.label(value)
        if _PERSON.search(name) and not self.with_names:
            return A_PERSON
        called = self._names.get(_TABLE_OF_FACT.get(name, ""), {}).get(value)
        return self.masked(called or value)


def _means_employee(table: str, column: str) -> bool:
    declared = TABLES[table].column(column)
    return declared.refers_to == "employees" or (table == "employees" and column == "employee_id")


def _may_name(table: str, column: str) -> bool:
    """Return whether a column holds people, or words that could be anybody's; unknown columns count as such."""
    if table not in TABLES or column not in TABLES[table].column_names:
        return True
    return _means_employee(table, column) or TABLES[table].column(column).kind in ("text", "key", "list")


def _means_person(table: str, column: str) -> bool:
    return column in _PERSON_COLUMNS or _means_employee(table, column)


def _is_distinctive(known: str) -> bool:
    return not known.isdigit() or len(known) > 4
