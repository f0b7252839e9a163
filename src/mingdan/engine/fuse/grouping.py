"""Which findings belong together: those of one salesperson that share a customer, deal or firm within 12 months."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from mingdan.engine.findings import Finding

WINDOW = timedelta(days=365)


def groups_of(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Return the findings in groups, each of one salesperson (or of none), each in the order of time.

    What is said of the person as such (see `about_the_person`) joins every group of that person with which it shares a
    customer, deal or firm, else the heaviest one within 12 months, but never ties two groups together: a quarter's lost
    deals are no common cause.
    """
    by_person: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_person[finding.employee_id].append(finding)
    groups: list[tuple[Finding, ...]] = []
    for person in sorted(by_person, key=lambda name: (name is None, name or "")):
        groups.extend(_groups_of_one(sorted(by_person[person], key=_in_time)))
    return groups


def about_the_person(finding: Finding) -> bool:
    """Return whether a finding speaks of the salesperson as such, not of one of many customers or deals."""
    if finding.employee_id is None:
        return False
    return finding.subject_kind == "employee" or (
        finding.subject_kind == "company" and not finding.account_ids and not finding.opportunity_ids
    )


def _groups_of_one(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    groups = _tied([finding for finding in findings if not about_the_person(finding)])
    homeless = []
    for finding in filter(about_the_person, findings):
        sharing = [group for group in groups if any(_shares(finding, other) for other in group)]
        for group in sharing:
            group.append(finding)
        if not sharing:
            homeless.append(finding)
    for finding in homeless:
        near = [group for group in groups if any(abs(finding.at - other.at) <= WINDOW for other in group)]
        if near:
            max(near, key=_heaviness).append(finding)
        else:
            groups.append([finding])
    return [tuple(sorted(group, key=_in_time)) for group in groups]


def _heaviness(group: Sequence[Finding]) -> tuple[float, str]:
    """Order groups by the weight of their strongest findings; the first id only breaks ties."""
    strongest = sorted((finding.weight for finding in group), reverse=True)[:3]
    return round(sum(strongest), 9), min(finding.finding_id for finding in group)


def _tied(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Join findings that share a node within the window, by union-find over each node's timeline."""
    parent = list(range(len(findings)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    last_at_node: dict[tuple[str, str], int] = {}
    for index, finding in enumerate(findings):
        for node in nodes_of(finding):
            previous = last_at_node.get(node)
            if previous is not None and finding.at - findings[previous].at <= WINDOW:
                parent[root(index)] = root(previous)
            last_at_node[node] = index
    grouped: dict[int, list[Finding]] = defaultdict(list)
    for index, finding in enumerate(findings):
        grouped[root(index)].append(finding)
    return list(grouped.values())


def nodes_of(finding: Finding) -> set[tuple[str, str]]:
    """Return the customers, deals and firms that a finding touches."""
    return {
        *(("account", account) for account in finding.account_ids),
        *(("deal", deal) for deal in finding.opportunity_ids),
        *(("company", company) for company in finding.company_ids),
    }


def _shares(general: Finding, other: Finding) -> bool:
    """A finding about a person has no single day, so only its customers, deals and firms are compared."""
    return bool(nodes_of(general) & nodes_of(other))


def _in_time(finding: Finding) -> tuple[object, str]:
    return finding.at, finding.finding_id
