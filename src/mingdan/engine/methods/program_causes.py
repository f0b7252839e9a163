"""What may explain innocently that special-price goods are used or delivered elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.findings import Status
from mingdan.engine.trail import Tables

Row = dict[str, Any]


def causes_of_users(
    tables: Tables,
    pair: tuple[str, str],
    used: Sequence[Row],
    seller: str | None,
    firm: str | None,
    at: datetime,
) -> dict[str, Status]:
    """Return the status of what may explain that these machines of a buyer and program are used by others."""
    sites = {row["user"] for row in used}
    return {
        "distributor": resale_allowed(tables, firm, at, Scope(account_id=pair[0], employee_id=seller)),
        "several-sites": "open" if len(sites) <= 1 else "ruled_out",
        "group": "open" if firm is None else "ruled_out",
        "second-hand": "open",
    }


def resale_allowed(tables: Tables, firm: str | None, at: datetime, scope: Scope) -> Status:
    """Return whether the firm was an approved distributor, or a policy or waiver allowed it to resell."""
    approved = tables.context.is_distributor(firm, at.date()) if firm else "ruled_out"
    policy = tables.context.status(["channel_policy", "waiver"], at, at, scope)
    return "supported" if policy == "supported" else approved
