"""What programs send and get about people, teams and the calendar."""

import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from mingdan.platform.api.values import Body, Day, Key, Text

Number = Annotated[Text, StringConstraints(min_length=1, max_length=40)]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]$")]
Optional120 = Annotated[Text, StringConstraints(max_length=120)]
Telephone = Annotated[Text, StringConstraints(max_length=40)]
Code = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,40}$")]


class EmployeeShown(Schema):
    id: int
    number: str
    name: str
    position: str
    region: str
    phone: str
    private_phone: str | None
    hired_date: datetime.date | None
    left_date: datetime.date | None
    withheld: list[str] = Field(description="fields that the token's owner may not see")


class NewEmployee(Body):
    number: Number
    name: Name
    hired_date: Day
    left_date: Day | None = None
    position: Optional120 = ""
    region: Optional120 = ""
    phone: Telephone = ""
    private_phone: Telephone = ""


class EmployeeChange(Body):
    name: Name = ""
    hired_date: Day = datetime.date.min
    left_date: Day | None = None
    position: Optional120 = ""
    region: Optional120 = ""
    phone: Telephone = ""
    private_phone: Telephone = ""


class EmployeeMove(Body):
    from_date: Day
    team_id: Key | None = None
    leads: bool = False
    manager_id: Key | None = None


class TeamShown(Schema):
    id: int
    code: str
    name: str
    name_en: str
    is_unit: bool
    closed_date: datetime.date | None
    parent_id: int | None


class NewTeam(Body):
    code: Code
    name: Name
    from_date: Day
    name_en: Optional120 = ""
    is_unit: bool = False
    parent_id: Key | None = None


class CalendarDayShown(Schema):
    date: datetime.date
    is_working: bool
    is_final: bool
    name: str


class CalendarDayChange(Body):
    is_working: bool
    name: Name
