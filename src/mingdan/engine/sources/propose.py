"""Propose a mapping file for exports of any shape, by looking at headings and values."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.files import raw_shelf
from mingdan.engine.reading.raw import RawTable
from mingdan.engine.schema import Column
from mingdan.engine.sources.headings import ACTIVITY_WORDS
from mingdan.engine.sources.profile import overlap, profiles_of, unmatched
from mingdan.engine.sources.proposal_text import Block, choice, how_sure, quoted_text, written
from mingdan.engine.sources.propose_match import Guess, Look, Pick, best_guess, by_table, meant_by, outcome_of
from mingdan.engine.tables import TABLES

_ENOUGH_IN_COMMON = 0.5
_FITS_WELL = 0.8
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TABLE_ORDER = tuple(TABLES)
_SIGNS = (("¥￥元", "CNY"), ("$", "USD"), ("€", "EUR"), ("£", "GBP"))

_NO_ID = Text(en="no column identifies a row: its place in the file does", zh="没有能标识每一行的列，改用行号")
_ROLE = Text(en='managers need "manager"', zh='经理请改为 "manager"')

Made = tuple[str, Text | None]


def propose_for_folder(folder: Path, *, workspace: Path) -> str:
    """Return a proposed mapping file for the exports in a folder; raise UnreadableTrailError if nothing can be read."""
    with duckdb.connect(str(workspace / "proposal.duckdb")) as con:
        return propose_mapping(raw_shelf(folder, con, workspace).tables, con)


def propose_mapping(raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection) -> str:
    """Return the text of a mapping file (TOML) with a remark on how sure each line is."""
    looks = [Look(table, tuple(profiles_of(con, table))) for table in raw]
    guesses = [guess for look in looks if (guess := best_guess(look)) is not None]
    blocks = _Proposal(con, raw, by_table(guesses)).blocks()
    unused = [look.table for look in looks if not any(guess.look is look for guess in guesses)]
    chinese = any(_HAN.search(profile.heading) for look in looks for profile in look.profiles)
    return written(blocks, unused, _settings(looks, chinese), chinese=chinese)


class _Proposal:
    """All guesses together, so that references find the lists that they refer to."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, raw: Sequence[RawTable], guesses: Mapping[str, list[Guess]]
    ) -> None:
        self._con, self._raw, self._guesses = con, raw, guesses

    def blocks(self) -> list[Block]:
        made = [self._block(guess) for found in self._guesses.values() for guess in found]
        made += self._managers()
        if "accounts" not in self._guesses:
            made += self._derived("accounts", ("account_id",))
        if "employees" not in self._guesses:
            made += self._derived("employees", ("owner_id", "employee_id", "assigned_to"))
        return sorted(made, key=lambda block: _TABLE_ORDER.index(block.table))

    def _block(self, guess: Guess) -> Block:
        block = Block(guess.table, self._name_of(guess.look.table))
        if guess.id_heading is None and TABLES[guess.table].column(guess.id_column).refers_to is None:
            block.columns[guess.id_column] = (f'{{ template = "{guess.table[0].upper()}{{_row}}" }}', _NO_ID)
        for column in TABLES[guess.table].columns:
            pick = guess.picks.get(column.plain_name or column.name)
            made = self._made(guess, block, column, pick) if pick else None
            if pick and made:
                block.columns[column.plain_name or column.name] = _with_loss(made, guess, column, pick)
        if guess.table == "employees":
            block.columns.setdefault("role", ('{ constant = "rep" }', _ROLE))
        if guess.table == "activities":
            block.columns.setdefault("kind", ('{ constant = "note" }', None))
        return block

    def _made(self, guess: Guess, block: Block, column: Column, pick: Pick) -> Made | None:
        """Return TOML for a column and a remark, or None where the pick does not hold on a second look."""
        profile = guess.look.profile(pick.heading)
        if column.name == "outcome":
            return choice(pick.heading, [(value, outcome_of(value)) for value in profile.choices]), how_sure(
                pick.surety
            )
        if (guess.table, column.name) == ("activities", "kind"):
            meant = [(value, meant_by(value, ACTIVITY_WORDS) or "note") for value in profile.choices]
            return choice(pick.heading, meant), how_sure(pick.surety)
        if column.refers_to or column.name == "product_line":
            return self._reference(guess, block, column, pick)
        if profile.form is not None:
            example = Text(en=f"such as {profile.sample[0]}", zh=f"例如 {profile.sample[0]}")
            form = f"{{ column = {quoted_text(pick.heading)}, format = {quoted_text(profile.form)} }}"
            return form, how_sure(pick.surety, example)
        return quoted_text(pick.heading), how_sure(pick.surety)

    def _reference(self, guess: Guess, block: Block, column: Column, pick: Pick) -> Made | None:
        """Refer by the id where the values are ids, by a join where they are names, else as they stand."""
        target = column.refers_to or "products"
        for other in self._guesses.get(target, []):
            made = self._by_id(guess, pick, other) or self._by_name(guess, block, pick, other, target)
            if made:
                return made
        if column.refers_to is None:
            return quoted_text(pick.heading), how_sure(pick.surety)
        # a word in a heading is not enough for a reference: a number of employees names none of them
        if pick.surety < _FITS_WELL and not column.required:
            return None
        unknown = Text(en=f"no list of {target} has these values", zh=f"没有 {target} 名单包含这些值")
        return quoted_text(pick.heading), how_sure(pick.surety, unknown)

    def _by_id(self, guess: Guess, pick: Pick, other: Guess) -> Made | None:
        here, there = (guess.look.table, pick.heading), (other.look.table, other.id_heading or "")
        if other.id_heading in (None, pick.heading if here[0] is there[0] else None):
            return None
        if overlap(self._con, here, there) < _ENOUGH_IN_COMMON:
            return None
        mended = unmatched(self._con, here, there)
        found = Text(en=f"found in {other.look.table.file}", zh=f"见于 {other.look.table.file}")
        return choice(pick.heading, mended) if mended else quoted_text(pick.heading), how_sure(pick.surety, found)

    def _by_name(self, guess: Guess, block: Block, pick: Pick, other: Guess, target: str) -> Made | None:
        name = other.picks.get("name")
        if name is None or other.id_heading is None or name.heading == other.id_heading:
            return None
        if overlap(self._con, (guess.look.table, pick.heading), (other.look.table, name.heading)) < _ENOUGH_IN_COMMON:
            return None
        taken = any(join.startswith(f"join.{target} ") for join in block.joins)
        alias = f"{target}_{len(block.joins) + 1}" if taken else target
        source, heading = quoted_text(self._name_of(other.look.table)), quoted_text(pick.heading)
        block.joins.append(f"join.{alias} = {{ from = {source}, on = {{ {quoted_text(name.heading)} = {heading} }} }}")
        by_name = Text(en=f"by name in {other.look.table.file}", zh=f"按名称对应 {other.look.table.file}")
        there = quoted_text(f"{alias}.{other.id_heading}")
        return f"{{ first_of = [{there}, {heading}] }}", how_sure(pick.surety, by_name)

    def _managers(self) -> list[Block]:
        """Add those who stand beside others as their managers and in no list themselves."""
        blocks = []
        for guess in self._guesses.get("employees", []):
            manager = guess.picks.get("manager_id")
            known = [pick.heading for name, pick in guess.picks.items() if name in (guess.id_column, "name")]
            table = guess.look.table
            if manager and max(overlap(self._con, (table, manager.heading), (table, one)) for one in known) < 1:
                blocks.append(_distinct("employees", self._name_of(table), manager.heading, "manager"))
        return blocks

    def _derived(self, table: str, columns: Sequence[str]) -> list[Block]:
        """Make a list of customers or people out of the table that names most of them."""
        naming = [
            (guess.look.profile(guess.picks[column].heading).distinct, -at, guess, guess.picks[column].heading)
            for at, guess in enumerate(guess for found in self._guesses.values() for guess in found)
            for column in columns
            if column in guess.picks
        ]
        if not naming:
            return []
        _, _, guess, heading = max(naming, key=lambda one: one[:2])
        block = _distinct(table, self._name_of(guess.look.table), heading, "rep")
        block.remark = Text(
            en=f"There is no list of {table}: they are taken from where they are named.",
            zh=f"没有 {table} 名单，从出现过的名称中提取。",
        )
        dated = next((guess.picks[name] for name in ("created_at", "ordered_at") if name in guess.picks), None)
        if table == "accounts" and dated:
            block.settings = [f"first_by = {quoted_text(dated.heading)}"]
        return [block]

    def _name_of(self, table: RawTable) -> str:
        alike = [other for other in self._raw if other.file == table.file]
        return table.file if len(alike) == 1 else f"{PurePath(table.file).name}#{table.name}"


def _with_loss(made: Made, guess: Guess, column: Column, pick: Pick) -> Made:
    """Add to the remark how many rows a required column will cost."""
    profile = guess.look.profile(pick.heading)
    value, note = made
    if note is None or not column.required or profile.filled == profile.rows:
        return made
    empty = f"{profile.rows - profile.filled:,}"
    lost = Text(en=f"{note.en}; {empty} rows without it will be set aside", zh=f"{note.zh}；缺此值的 {empty} 行将搁置")
    return value, lost


def _distinct(table: str, source: str, heading: str, role: str) -> Block:
    block = Block(table, source, settings=["distinct = true"])
    block.columns[TABLES[table].key[0]] = (quoted_text(heading), None)
    block.columns["name"] = (quoted_text(heading), None)
    if table == "employees":
        block.columns["role"] = (f'{{ constant = "{role}" }}', None)
    return block


def _settings(looks: Sequence[Look], chinese: bool) -> list[str]:
    """Propose the currency by the signs beside amounts or in headings, and the time zone by the writing."""
    numbers = [profile for look in looks for profile in look.profiles if profile.looks == "number"]
    values = " ".join(value for profile in numbers for value in profile.sample)
    headings = " ".join(profile.heading.lower() for profile in numbers)
    sign = next((code for signs, code in _SIGNS if any(one in values for one in signs)), None)
    in_dollars = "USD" if "dollar" in headings or "usd" in headings else None
    currency = sign or ("CNY" if chinese else in_dollars)
    if chinese:
        return [f'currency = "{currency}"', 'time_zone = "Asia/Shanghai"  # 未注明时区的时间']
    return [
        f'currency = "{currency}"' if currency else '# currency = "USD"  # of all amounts, where it is not CNY',
        '# time_zone = "Europe/Berlin"  # of times without a zone, where it is not UTC',
    ]
