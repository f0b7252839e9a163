"""From a firm's name as people write it to the firm of the register."""

from collections import defaultdict
from collections.abc import Sequence

import ibis

from mingdan.engine.methods.account_firms import folded
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables
from mingdan.lib.company_names import firm_name


def firms_by_name(tables: Tables, written: Sequence[str]) -> dict[str, str]:
    """Return company_id by name, for the names that one firm of the register has, its legal form left out.

    A short list of names. Two firms of one name tie nothing.
    """
    wanted = {name: firm_name(name) for name in sorted(set(written)) if name and name.strip()}
    if not wanted:
        return {}
    heads = sorted({name[:2] for name in wanted.values()})
    firms = tables.companies.filter(ibis._.name.notnull()).mutate(called=folded(ibis._.name).lower())
    near = among(firms.mutate(head=firms.called.substr(0, 2)), "head", heads)
    known: dict[str, set[str]] = defaultdict(set)
    for row in tables.records(near.select("company_id", "name"), order_by=["company_id"]):
        known[firm_name(row["name"])].add(row["company_id"])
    return {name: min(known[bare]) for name, bare in wanted.items() if len(known.get(bare, ())) == 1}
