"""Write what is true: every diverted demand, which part each salesperson played, and what lies behind single rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mingdan.engine.simulate.books import Truth
from mingdan.engine.simulate.casting import INNOCENT
from mingdan.engine.simulate.dice import Floats, Ints
from mingdan.engine.simulate.ledger import Ledger, decimals
from mingdan.engine.simulate.schemes import SCHEME_NAMES
from mingdan.engine.simulate.world import World


def write_truth(world: World, ledger: Ledger, truths: list[tuple[Truth, Ints]], folder: Path) -> None:
    """Write diversions, employees and provenance; `truths` come with the opportunity numbers of their deals."""
    folder.mkdir(exist_ok=True)
    parts = [_diversions(world, ledger, truth, opportunity) for truth, opportunity in truths]
    whole = pa.concat_tables(parts).sort_by([("diverted_at", "ascending"), ("diversion_id", "ascending")])
    _write(whole, folder / "diversions.parquet")
    _write(_people(world, ledger).sort_by("employee_id"), folder / "employees.parquet")
    _write(_rows_touched(ledger), folder / "provenance.parquet")


def _rows_touched(ledger: Ledger) -> pa.Table:
    """Return table, row and cause of every row that a scheme or an innocent cause brought forth or bent."""
    names = ("table_name", "row_id", "cause")
    empty = pa.table({name: pa.array([], pa.string()) for name in names})
    parts = [part.cast(empty.schema) for part in ledger.causes]
    return pa.concat_tables([empty, *parts]).sort_by([(name, "ascending") for name in names])


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, store_schema=False)  # type: ignore[no-untyped-call]


def _diversions(world: World, ledger: Ledger, truth: Truth, opportunity: Ints) -> pa.Table:
    n = len(truth.time)
    deal = np.where(truth.deal >= 0, opportunity[truth.deal], -1) if len(opportunity) else truth.deal
    seconds = np.rint((truth.time + world.clock.epoch_days) * 86_400).astype(np.int64) * 1_000_000
    return pa.table(
        {
            "diversion_id": ledger.refer("diversions", ledger.numbers("diversions", n)),
            "scheme": pa.array(SCHEME_NAMES, pa.string()).take(pa.array(truth.scheme)),
            "employee_id": ledger.refer("employees", truth.rep),
            "account_id": ledger.refer("accounts", truth.account),
            "opportunity_id": ledger.refer("opportunities", deal),
            "company_id": ledger.refer("companies", truth.firm),
            "diverted_at": pa.array(seconds).cast(pa.timestamp("us")),
            "amount": decimals(truth.amount),
            "margin": decimals(truth.margin),
        }
    )


def _people(world: World, ledger: Ledger) -> pa.Table:
    """Return each salesperson's part, and from when to when the trail knows the person."""
    roles = {role.rep: role for role in world.plan.roles}
    reps = np.arange(world.staff.reps)
    played = [roles.get(rep) for rep in range(world.staff.reps)]
    return pa.table(
        {
            "employee_id": ledger.refer("employees", reps),
            "scheme": [role.name if role and role.scheme != INNOCENT else "" for role in played],
            "innocent_twin": [role.name if role and role.scheme == INNOCENT else "" for role in played],
            "from_date": _dates(world, np.maximum(world.staff.hired[reps], 0)),
            "to_date": _dates(world, world.staff.until(reps, world.clock.days)),
        }
    )


def _dates(world: World, days: Floats) -> pa.Array:
    return pa.array((np.floor(days) + world.clock.epoch_days).astype(np.int32)).cast(pa.date32())
