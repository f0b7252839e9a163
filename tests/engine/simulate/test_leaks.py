"""The gate of detection.md §8.1: no single column gives the offenders of a simulated company away."""

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest

from mingdan.engine.simulate import Scenario, simulate
from mingdan.engine.simulate.dice import stream
from mingdan.engine.simulate.leak_tree import tree_leak
from mingdan.engine.simulate.leaks import World, measure, separation, shuffled

SEEDS = (11, 12, 13, 14, 15)
SCENARIOS: tuple[Scenario, ...] = ("mixed", "subtle", "adaptive")
MOST = 0.75
MOST_LIFT = 3.0


def says_only_order(name: str) -> bool:
    return name.endswith((": id", ": place"))


def write_worlds(scenario: Scenario, where: pytest.TempPathFactory) -> list[Path]:
    made = []
    for seed in SEEDS:
        made.append(where.mktemp(f"{scenario}{seed}"))
        simulate(
            made[-1], reps=30, accounts=1050, years=1.25, seed=seed, guilty_share=0.24, scenario=scenario, complete=True
        )
    return made


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_worlds("mixed", tmp_path_factory)


@pytest.fixture(scope="module", params=SCENARIOS)
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    return [measure(folder) for folder in write_worlds(request.param, tmp_path_factory)]


def test_the_features_are_many_and_the_offenders_too(worlds: list[World]) -> None:
    assert sum(int(world.is_guilty.sum()) for world in worlds) >= 30
    tables = {name.split(" by ")[0] for name in worlds[0].names}
    assert len(worlds[0].names) > 1500
    assert tables >= {
        "orders",
        "opportunities",
        "quotes",
        "payments",
        "contracts",
        "activities",
        "access_events",
        "leads",
        "tickets",
    }


def test_no_single_feature_tells_the_guilty_from_the_others(worlds: list[World]) -> None:
    found = separation(worlds)
    best = max(found, key=lambda name: found[name].auc)
    assert found[best].auc <= MOST, f"{best}: {found[best].auc:.3f}"


def test_a_few_features_together_tell_little(worlds: list[World]) -> None:
    precision, prevalence = tree_leak(worlds)
    assert precision <= MOST_LIFT * prevalence, f"{precision:.3f} at {prevalence:.3f}"


def test_ids_and_the_order_of_rows_carry_nothing(worlds: list[World]) -> None:
    dice = stream(1, "labels by lot")
    by_lot = [
        max(
            one.auc
            for one in separation([shuffled(world, dice) for world in worlds], features=says_only_order).values()
        )
        for _ in range(40)
    ]
    found = separation(worlds, features=says_only_order)
    assert len(found) > 20
    assert max(one.auc for one in found.values()) <= np.quantile(by_lot, 0.99)


def test_innocent_twins_look_like_offenders_on_most_features(worlds: list[World]) -> None:
    found = separation(worlds, twins_only=True)
    alike = np.mean([one.is_chance for one in found.values()])
    assert alike >= 0.8


def test_the_gate_catches_a_planted_leak(folders: list[Path], tmp_path: Path) -> None:
    """A control: amounts of offenders end on a round hundred, as in gen-fraud-graph issue 26."""
    planted = [measure(plant(folder, tmp_path / folder.name, "orders", ROUND), ["orders"]) for folder in folders[:3]]
    found = separation(planted)
    assert found["orders by employee_id: amount max"].auc > MOST
    as_they_are = [measure(folder, ["orders"]) for folder in folders[:3]]
    assert separation(as_they_are)["orders by employee_id: amount max"].auc <= MOST
    assert tree_leak(planted)[0] > MOST_LIFT * tree_leak(planted)[1] > tree_leak(as_they_are)[0]


def test_the_gate_catches_offenders_listed_first(folders: list[Path], tmp_path: Path) -> None:
    planted = [
        measure(plant(folder, tmp_path / folder.name, "employees", FIRST), ["employees"]) for folder in folders[:3]
    ]
    assert separation(planted, features=says_only_order)["employees by employee_id: place"].auc > MOST


ROUND = "SELECT * REPLACE ((CASE WHEN guilty THEN 9999999 ELSE amount END)::DECIMAL(18,2) AS amount) FROM rows"
FIRST = "SELECT * FROM rows ORDER BY guilty DESC"


def plant(folder: Path, copy: Path, table: str, change: str) -> Path:
    """Copy a world with one table changed by a query over its `rows`, which say who is `guilty`."""
    shutil.copytree(folder, copy)
    rows = f"""SELECT t.*, coalesce(e.scheme <> '', false) AS guilty FROM '{folder}/{table}.parquet' t
               LEFT JOIN '{folder}/truth/employees.parquet' e USING (employee_id)"""
    duckdb.sql(f"COPY (SELECT * EXCLUDE (guilty) FROM (WITH rows AS ({rows}) {change})) TO '{copy}/{table}.parquet'")
    return copy
