"""How common a person's name is: what the trail itself shows, on a floor of surname frequencies."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import ibis

from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

SURNAMES: Mapping[str, float] = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马胡朱郭何林高罗郑梁谢宋唐许于韩冯邓曹彭曾肖程田董潘袁蔡沈蒋余叶杜苏卢吕魏丁姚任钟陆崔姜谭汪范金石",
        (
            7.2, 7.1, 6.8, 5.4, 4.5, 3.1, 2.2, 2.3, 2.1, 2.0, 1.7, 1.5, 1.3, 1.3, 1.3, 1.2, 1.2, 1.1, 1.1, 0.9,
            0.9, 0.8, 0.7, 0.8, 0.7, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5,
            0.5, 0.5, 0.4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.3,
        ),
        strict=True,
    )
)  # fmt: skip
"""Rough shares (per cent) of the most common Chinese surnames, rounded; used as a floor only."""

OTHER_SURNAME = 0.3
GIVEN_ONE, GIVEN_TWO = 3e-3, 3e-4
"""How often a common given name of one sign, and of two, goes with a surname: the most common ones, to be on the safe side."""

NOT_CHINESE = 1e-4
PRIOR_WORTH = 1000.0
"""How many names of the trail the floor is worth."""


def floor_of(name: str) -> float:
    """Return how common a name may be by its surname and length alone."""
    if not name or not ("\u4e00" <= name[0] <= "\u9fff"):
        return NOT_CHINESE
    given = GIVEN_ONE if len(name) <= 2 else GIVEN_TWO
    return SURNAMES.get(name[0], OTHER_SURNAME) / 100 * given


@dataclass(frozen=True)
class NameFrequency:
    """Counts of names among `total` people outside."""

    counts: Mapping[str, int]
    total: int

    def of(self, name: str, matched: int = 1) -> float:
        """Return the share of people who have this name, the `matched` row left out, never below the floor.

        Posterior mean under a Dirichlet prior whose mean is the floor: what is never seen is not impossible.
        """
        floor = floor_of(name)
        seen = max(0, self.counts.get(name, 0) - matched)
        return max(floor, (seen + PRIOR_WORTH * floor) / (max(0, self.total - matched) + PRIOR_WORTH))


def name_frequency(tables: Tables, names: Collection[str]) -> NameFrequency:
    """Count these names among the people of firms and the contacts of customers, each firm or customer once."""
    people = tables.company_people.filter(ibis._.holder_company_id.isnull())
    everybody = (
        people.select(of="company_id", name="person_name")
        .union(tables.companies.select(of="company_id", name="legal_representative"))
        .union(tables.contacts.select(of="account_id", name="name"))
    )
    known = everybody.filter(everybody.name.notnull()).distinct()
    [row] = tables.records(known.agg(n=known.count()), order_by=["n"])
    counted = among(known, "name", names).group_by("name").agg(n=ibis._.count())
    counts = {one["name"]: one["n"] for one in tables.records(counted, order_by=["name"])} if names else {}
    return NameFrequency(counts, row["n"])
