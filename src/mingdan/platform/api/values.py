"""Kinds of values that resources share, exactly as their schema says: nothing is guessed from something similar."""

import datetime
import re
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema


def _whole(said: Any) -> Any:
    # To JSON, 3.0 is a whole number too.
    return int(said) if isinstance(said, float) and said.is_integer() else said


Key = Annotated[int, Field(ge=1, le=2**63 - 1), BeforeValidator(_whole)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line without control characters, which PostgreSQL would refuse and a page would not show."""


def _day(said: Any) -> datetime.date:
    if not isinstance(said, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        raise ValueError("must be a day as YYYY-MM-DD")
    return datetime.date.fromisoformat(said)


Day = Annotated[datetime.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class Body(Schema):
    """What a request says: unknown fields and values of another type are refused, not ignored."""

    model_config = ConfigDict(strict=True, extra="forbid")
