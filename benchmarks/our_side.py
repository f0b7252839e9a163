"""Our side of the conformance benchmark: read a CSV of events, and say of each case which of pm4py's rules it breaks.

How pm4py's rules read in our engine, and where its definitions differ from the literature's:
- Declare: same definitions, but `nonsuccession(a, b)` is pm4py's negation of succession (broken where succession is
  kept), not "no b after an a". We ask for what pm4py means: our verdict on succession, turned round.
- Log skeleton: pm4py asks that some a be followed by some b (preceded, directly followed), the paper (Verbeek and
  de Carvalho 2018) that every a be. We ask for what pm4py means: broken where the rule is never kept in the case.
"""

from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute  # part of the bare import: dictionary_encode would load it while we are timed
from numpy.typing import NDArray
from pyarrow import csv

from mingdan.engine.methods.declare import FULFILLED, VIOLATED, Checked, Constraint, check
from mingdan.engine.methods.event_log import EventLog

Flags = NDArray[np.bool_]
Model = dict[str, list[list[str]]]
Reading = Callable[[Checked], Flags]


def broken(checked: Checked) -> Flags:
    return np.equal(checked.verdicts, VIOLATED)


def kept(checked: Checked) -> Flags:
    return np.equal(checked.verdicts, FULFILLED)


def never_kept(checked: Checked) -> Flags:
    return checked.never_kept


DECLARE: dict[str, tuple[str, Reading]] = {
    "existence": ("existence", broken),
    "absence": ("absence", broken),
    "exactly_one": ("count_in", broken),
    "init": ("init", broken),
    "responded_existence": ("responded_existence", broken),
    "coexistence": ("co_existence", broken),
    "noncoexistence": ("not_co_existence", broken),
    "response": ("response", broken),
    "precedence": ("precedence", broken),
    "succession": ("succession", broken),
    "altresponse": ("alternate_response", broken),
    "altprecedence": ("alternate_precedence", broken),
    "altsuccession": ("alternate_succession", broken),
    "chainresponse": ("chain_response", broken),
    "chainprecedence": ("chain_precedence", broken),
    "chainsuccession": ("chain_succession", broken),
    "nonsuccession": ("succession", kept),
    "nonchainsuccession": ("chain_succession", kept),
}

SKELETON: dict[str, tuple[str, Reading]] = {
    "equivalence": ("equal_count", broken),
    "always_after": ("response", never_kept),
    "always_before": ("precedence", never_kept),
    "never_together": ("not_co_existence", broken),
    "directly_follows": ("chain_response", never_kept),
    "activ_freq": ("count_in", broken),
}


def read(file: Path) -> EventLog:
    """Read the columns case, activity and time block by block, keeping numbers only."""
    pa.set_memory_pool(pa.system_memory_pool())  # gives memory back between blocks
    kinds = {"case": pa.string(), "activity": pa.string(), "time": pa.timestamp("us", "UTC")}
    options = csv.ConvertOptions(include_columns=list(kinds), column_types=kinds)
    blocks = csv.ReadOptions(block_size=1 << 16, use_threads=False)
    cases: dict[str, int] = {}
    names: dict[str, int] = {}
    case, activity, time = array("i"), array("h"), array("q")
    with file.open("rb") as rows:
        for batch in csv.open_csv(rows, read_options=blocks, convert_options=options):
            case.frombytes(_numbered(batch.column(0), cases).astype(np.int32).tobytes())
            activity.frombytes(_numbered(batch.column(1), names).astype(np.int16).tobytes())
            time.frombytes(np.from_dlpack(batch.column(2).view(pa.int64())).tobytes())
    columns = np.frombuffer(case, np.int32), np.frombuffer(activity, np.int16), np.frombuffer(time, np.int64)
    return EventLog.ordered(*columns, list(names), len(cases))


def _numbered(column: pa.Array, numbers: dict[str, int]) -> NDArray[np.int64]:
    """Return the column's values as numbers, the same in every block."""
    encoded = column.dictionary_encode()
    known = [numbers.setdefault(value, len(numbers)) for value in encoded.dictionary.to_pylist()]
    numbered: NDArray[np.int64] = np.array(known, dtype=np.int64)[np.from_dlpack(encoded.indices)]
    return numbered


def deviations(log: EventLog, way: str, model: Model) -> tuple[list[list[str]], Flags, NDArray[np.int64]]:
    """Return the rules, which of them each different sequence breaks (rules by sequences), and each case's sequence."""
    readings = DECLARE if way == "declare" else SKELETON
    chosen, which = log.variants()
    rules: list[list[str]] = []
    found: list[Flags] = []
    for relation, entries in model.items():
        template, reading = readings[relation]
        for entry in entries:
            rules.append([relation, entry[0]] if relation == "activ_freq" else [relation, *entry])
            found.append(reading(check(chosen, _constraint(relation, template, entry))))
    for name in sorted(set(log.activities) - {entry[0] for entry in model.get("activ_freq", [])}):
        if way == "skeleton":  # an activity that the model does not know
            rules.append(["activ_freq", name])
            found.append(chosen.counts(name) > 0)
    return rules, np.stack(found), which


def _constraint(relation: str, template: str, entry: list[str]) -> Constraint:
    if relation == "activ_freq":
        return Constraint(template, entry[0], counts=tuple(int(count) for count in entry[1:]))
    if relation == "always_before":  # (x, y): before x comes y
        return Constraint(template, entry[1], entry[0])
    return Constraint(template, entry[0], entry[1] if len(entry) > 1 else "")
