"""Every row of the trail that carries a match key, on the side of our people and on the side of everybody else."""

import functools
from collections.abc import Callable
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.trail import Tables, row_id

COLUMNS = ("kind", "key", "account_id", "company_id", "table_name", "row_id", "at", "standing", "replaced", "amount")


def employee_identifiers(tables: Tables) -> Expression:
    """Return kind, key, employee_id, table_name, row_id, hired_date and left_date of each key of our people.

    Kinds are phone, address, bank, id, and person for those whom an employee named when declaring interests. Our own
    switchboard and premises are nobody's.
    """
    parts = [_own(tables, kind) for kind in ("phone", "address", "bank", "id")]
    relatives = tables.declared_interests.mutate(row_id=row_id("declared_interests"))
    people = tables.employees.select("employee_id", "hired_date", "left_date")
    named = relatives.inner_join(people, "employee_id").select(
        "employee_id", "hired_date", "left_date", "row_id", kind=ibis.literal("person"), key="person_key"
    )
    parts.append(named.mutate(table_name=ibis.literal("declared_interests")).select(*parts[0].columns))
    rows = functools.reduce(lambda left, right: left.union(right), parts)
    ours = _ours(tables)
    return rows.filter(rows.key.notnull()).anti_join(ours, "key")


def outside_identifiers(tables: Tables) -> Expression:
    """Return every row of customers, firms, deals and money that carries a key: COLUMNS and `entity`.

    `at` is when the row came about; `standing` rows stay true afterwards, the others are single events; `replaced`: the key took the place of another. `entity` is
    the firm where the register knows it, else the customer, so that one firm under two records counts once. Keys of
    our own firm and accounts are left out.
    """
    parts = [make(tables) for make in _PARTS if tables.has(make.__name__.removeprefix("_"))]
    if not parts:
        parts = [_contacts(tables)]
    rows = functools.reduce(lambda left, right: left.union(right), parts)
    rows = rows.filter(rows.key.notnull()).anti_join(_ours(tables), "key")
    firms = firms_of_accounts(tables).rename(firm_id="company_id")
    tied = rows.left_join(firms, "account_id").drop("account_id_right")
    firm = ibis.coalesce(tied.company_id, tied.firm_id)
    return tied.mutate(company_id=firm, entity=ibis.coalesce(firm, tied.account_id, tied.row_id)).drop("firm_id")


def identifier_matches(tables: Tables, own: Expression, outside: Expression, slack_days: int) -> list[dict[str, Any]]:
    """Return the rows of outsiders that carry a key of ours while the person worked here.

    Relatives among the people of firms are left to `employee-company-tie`, which knows how common a name is.
    """
    ours = own.select("kind", "key", "employee_id", "hired_date", "left_date", own_table="table_name", own_row="row_id")
    met = outside.filter((outside.kind != "person") | (outside.table_name != "company_people"))
    both = met.inner_join(ours, ["kind", "key"])
    slack = ibis.interval(days=slack_days)
    begun = both.standing | both.hired_date.isnull() | (both.at >= both.hired_date.cast("timestamp(6)") - slack)
    not_over = both.left_date.isnull() | (both.at <= both.left_date.cast("timestamp(6)") + slack)
    overlapping = both.filter(both.at.isnull() | (begun & not_over)).distinct()
    return tables.records(
        overlapping, order_by=["employee_id", "entity", "kind", "key", "table_name", "row_id", "own_table", "own_row"]
    )


def _ours(tables: Tables) -> Expression:
    profile = tables.company_profile
    keys = profile.select(key="phone_key").union(profile.select(key="address_key"))
    accounts = tables.company_bank_accounts.select(key="bank_key")
    everything = keys.union(accounts)
    return everything.filter(everything.key.notnull()).distinct()


def _own(tables: Tables, kind: str) -> Expression:
    return tables.employees.select(
        "employee_id",
        "hired_date",
        "left_date",
        row_id=row_id("employees"),
        kind=ibis.literal(kind),
        key=f"{kind}_key",
        table_name=ibis.literal("employees"),
    )


def _rows(table: str, source: Expression, kind: str, key: str, *, standing: bool, at: str, **given: Any) -> Expression:
    nothing = {
        "replaced": ibis.literal(False),
        "account_id": ibis.null("string"),
        "company_id": ibis.null("string"),
        "amount": ibis.null("decimal(18,4)"),
    }
    columns = {
        "kind": ibis.literal(kind),
        "key": source[key],
        "table_name": ibis.literal(table),
        "row_id": row_id(table),
        "at": source[at].cast("timestamp(6)"),
        "standing": ibis.literal(standing),
        **nothing,
        **given,
    }
    return source.select(**{name: columns[name] for name in COLUMNS})


def _contacts(tables: Tables) -> Expression:
    rows = tables.contacts
    return _rows("contacts", rows, "phone", "phone_key", standing=True, at="created_at", account_id=rows.account_id)


def _accounts(tables: Tables) -> Expression:
    rows = tables.accounts
    given: dict[str, Any] = {"standing": True, "at": "created_at", "account_id": rows.account_id}
    phones = _rows("accounts", rows, "phone", "phone_key", **given)
    return phones.union(_rows("accounts", rows, "address", "address_key", **given))


def _companies(tables: Tables) -> Expression:
    rows = tables.companies
    given: dict[str, Any] = {"standing": True, "at": "established_date", "company_id": rows.company_id}
    phones = _rows("companies", rows, "phone", "phone_key", **given)
    return phones.union(_rows("companies", rows, "address", "address_key", **given))


def _company_people(tables: Tables) -> Expression:
    rows = tables.company_people.filter(ibis._.person_key.notnull())
    given: dict[str, Any] = {"standing": True, "at": "from_date", "company_id": rows.company_id}
    people = _rows("company_people", rows, "person", "person_key", **given)
    return people.union(_rows("company_people", rows, "id", "person_key", **given))


def _leads(tables: Tables) -> Expression:
    rows = tables.leads
    return _rows("leads", rows, "phone", "phone_key", standing=False, at="created_at", account_id=rows.account_id)


def _orders(tables: Tables) -> Expression:
    rows = tables.orders
    given: dict[str, Any] = {
        "standing": False,
        "at": "ordered_at",
        "account_id": rows.account_id,
        "amount": rows.amount,
    }
    addresses = _rows("orders", rows, "address", "ship_to_key", **given)
    return addresses.union(_rows("orders", rows, "person", "consignee_key", **given))


def _payments(tables: Tables) -> Expression:
    rows = tables.payments
    given: dict[str, Any] = {
        "standing": False,
        "at": "received_at",
        "account_id": rows.account_id,
        "amount": rows.amount,
    }
    payers = _rows("payments", rows, "bank", "payer_bank_key", **given)
    return payers.union(_rows("payments", rows, "bank", "payee_bank_key", **given))


def _contracts(tables: Tables) -> Expression:
    rows = tables.contracts
    given: dict[str, Any] = {"standing": False, "at": "signed_at", "account_id": rows.account_id, "amount": rows.amount}
    return _rows("contracts", rows, "bank", "payee_bank_key", **given)


def _field_changes(tables: Tables) -> Expression:
    """A changed value is keyed by the kind of its field, so comparing it under the wrong kind can never match."""
    contacts = tables.contacts.select("contact_id", of_account="account_id")
    rows = tables.field_changes.filter(ibis._.new_key.notnull() & ibis._.table_name.isin(["contacts", "accounts"]))
    rows = rows.left_join(contacts, [rows.table_name == "contacts", rows.row_id == contacts.contact_id])
    account = ibis.ifelse(rows.table_name == "accounts", rows.row_id, rows.of_account)
    given: dict[str, Any] = {
        "standing": False,
        "at": "changed_at",
        "account_id": account,
        "replaced": rows.old_key.notnull(),
    }
    parts = [_rows("field_changes", rows, kind, "new_key", **given) for kind in ("phone", "address", "bank")]
    return functools.reduce(lambda left, right: left.union(right), parts)


_PARTS: tuple[Callable[[Tables], Expression], ...] = (
    _contacts,
    _accounts,
    _companies,
    _company_people,
    _leads,
    _orders,
    _payments,
    _contracts,
    _field_changes,
)
