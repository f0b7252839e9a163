"""Lists page by page: each page says where the next one begins, and rows added meanwhile move nothing."""

from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

MOST = 200

Limit = Annotated[int, Field(ge=1, le=MOST, description="how many at most")]
Cursor = Annotated[
    str, Field(pattern="^[0-9]{0,18}$", description="`next_cursor` of the page before; empty for the first")
]


class Page(Schema, Generic[Item]):
    """Some items, and where the next ones begin."""

    items: list[Item]
    next_cursor: str | None


def page_of(rows: QuerySet[Row], cursor: str, limit: int) -> tuple[list[Row], str | None]:
    """Return the rows of a page in the order of their keys, and the cursor of the next page if there is one."""
    found = list(rows.filter(pk__gt=int(cursor or 0)).order_by("pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None
