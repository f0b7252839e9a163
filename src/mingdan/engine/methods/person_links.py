"""Whether a person of ours and a person of an outside firm are one: Fellegi-Sunter weights over name, key, phone, address.

The model is that of Fellegi and Sunter (1969, JASA 64:1183-1210) with term frequencies for names (Winkler 1989). Its m and u
are fixed, not trained: a side deal's few true links would drown in an EM estimate over a register of strangers.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from mingdan.engine.methods.name_frequency import NameFrequency

MANY_PAIRS = 200_000
"""From so many candidate pairs on, Splink compares them; below, a dictionary does, with the same weights."""

M_NAME, M_READING, M_OTHER_NAME = 0.9, 0.06, 0.04
U_READING = 5e-3
"""The same person: written alike, with signs of the same reading, or otherwise. Strangers: how often the readings agree."""

EXACT: Mapping[str, tuple[float, float]] = {"key": (0.95, 1e-5), "phone": (0.3, 1e-4), "address": (0.22, 3e-4)}
"""m and u of the match keys; u of a key is what remains of faulty records once shared ones are left out."""

EXACT_NAME = 1e-4
"""u of a name before its own frequency replaces it."""

PRIOR = 1e-4
_BLOCKS = ("name", "key", "phone", "address")


@dataclass(frozen=True)
class Person:
    """One record of a person; what is not known is None. `phone` and `address` may be those of the firm."""

    record_id: str
    name: str | None
    key: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, order=True)
class Link:
    """Two records and the log10 likelihood ratio that they are one person; `agree` names the fields that do."""

    ours: str
    theirs: str
    weight: float
    agree: tuple[str, ...]


def links(ours: Sequence[Person], theirs: Sequence[Person], names: NameFrequency) -> list[Link]:
    """Return every pair that agrees in one field at least, in the order of the ids."""
    pairs = _blocked(ours, theirs)
    if len(pairs) >= MANY_PAIRS:
        return links_by_splink(ours, theirs, names)
    mine, others = {one.record_id: one for one in ours}, {one.record_id: one for one in theirs}
    return sorted(_compared(mine[a], others[b], names) for a, b in pairs)


@cache
def reading(name: str) -> str:
    """Return the name in pinyin without tones; other scripts as they are."""
    from pypinyin import lazy_pinyin  # its dictionary takes a third of a second to load: only where names are compared

    return "".join(lazy_pinyin(name)).lower()


def _blocked(ours: Sequence[Person], theirs: Sequence[Person]) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for field in _BLOCKS:
        by_value: dict[str, list[str]] = defaultdict(list)
        for one in theirs:
            if value := getattr(one, field):
                by_value[value].append(one.record_id)
        for one in ours:
            pairs.update((one.record_id, other) for other in by_value.get(getattr(one, field) or "", ()))
    return pairs


def _compared(one: Person, other: Person, names: NameFrequency) -> Link:
    weight, agree = 0.0, []
    if one.name and other.name:
        if one.name == other.name:
            weight += math.log10(M_NAME / names.of(one.name))
            agree.append("name")
        elif reading(one.name) == reading(other.name):
            weight += math.log10(M_READING / U_READING)
            agree.append("reading")
        else:
            weight += math.log10(M_OTHER_NAME / (1 - U_READING))
    for field, (m, u) in EXACT.items():
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine and theirs:
            same = mine == theirs
            weight += math.log10(m / u if same else (1 - m) / (1 - u))
            agree += [field] if same else []
    return Link(one.record_id, other.record_id, round(weight, 9), tuple(agree))


def links_by_splink(ours: Sequence[Person], theirs: Sequence[Person], names: NameFrequency) -> list[Link]:
    """Do the same with Splink on DuckDB: for registers too large for a dictionary."""
    import duckdb
    from splink import Linker  # two seconds to import: only where it is needed
    from splink.backends.duckdb import DuckDBAPI

    database = DuckDBAPI(duckdb.connect())
    tables = [
        database.register(_arrow(ours), table_name="ours"),
        database.register(_arrow(theirs), table_name="theirs"),
    ]
    linker = Linker(tables, _settings(), log_level=40)
    known = sorted({one.name for one in ours if one.name})
    shares = pa.table({"name": known, "tf_name": [names.of(name) for name in known]})
    linker.table_management.register_term_frequency_lookup(database.register(shares, table_name="shares"), "name")
    predicted: Any = linker.inference.predict(warning_mode="never")
    found = predicted.as_pyarrow_table().to_pylist()
    prior = math.log2(PRIOR / (1 - PRIOR))
    linked = []
    for row in found:
        weight = (row["match_weight"] - prior) * math.log10(2)
        linked.append(Link(row["unique_id_l"], row["unique_id_r"], round(weight, 9), _agreeing(row)))
    return sorted(linked)


def _agreeing(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Read from the weights which fields agree: only agreement raises the weight, and a name more than its reading."""
    by_reading = row["mw_name"] < math.log2(M_NAME / EXACT_NAME) - 0.01
    name = () if row["mw_name"] <= 0 else ("reading",) if by_reading else ("name",)
    return (*name, *(field for field in EXACT if row[f"mw_{field}"] > 0))


def _arrow(people: Sequence[Person]) -> pa.Table:
    columns = {field: pa.array([getattr(one, field) for one in people], pa.string()) for field in _BLOCKS}
    said = [reading(one.name) if one.name else None for one in people]
    ids = pa.array([one.record_id for one in people], pa.string())
    return pa.table({"unique_id": ids, **columns, "reading": pa.array(said, pa.string())})


def _settings() -> dict[str, Any]:
    name = [
        _level("name_l = name_r", "exact", M_NAME, EXACT_NAME, tf_adjustment_column="name", tf_adjustment_weight=1.0),
        _level("reading_l = reading_r", "same reading", M_READING, U_READING),
        _level("ELSE", "other", M_OTHER_NAME, 1 - U_READING),
    ]
    comparisons = [_comparison("name", name)]
    for field, (m, u) in EXACT.items():
        levels = [_level(f"{field}_l = {field}_r", "equal", m, u), _level("ELSE", "other", 1 - m, 1 - u)]
        comparisons.append(_comparison(field, levels))
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": PRIOR,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": f"l.{field} = r.{field}"} for field in _BLOCKS],
        "comparisons": comparisons,
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
    }


def _level(condition: str, label: str, m: float, u: float, **more: object) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u, **more}


def _comparison(field: str, levels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    nothing = {
        "sql_condition": f"{field}_l IS NULL OR {field}_r IS NULL",
        "label_for_charts": "not known",
        "is_null_level": True,
    }
    return {"output_column_name": field, "comparison_levels": [nothing, *levels]}
