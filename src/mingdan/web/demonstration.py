"""The invented company of `make demo`: one person for each role, in two business units."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from mingdan.platform.access.actions import grant_role
from mingdan.platform.access.roles import Role
from mingdan.platform.people.actions import add_employee, add_team, join_team, open_account, report_to
from mingdan.platform.people.models import Employee, Team, User

PASSWORD = "mingdan-demo"  # noqa: S105  printed by the demo, which holds invented people only
FOUNDED = datetime.date(2024, 1, 1)


@dataclass(frozen=True)
class Person:
    """Somebody of the invented company."""

    username: str
    name: str
    role: Role
    position: str
    team: str | None
    manager: str | None = None
    leads: bool = False


TEAMS = (
    ("hq", "总部", "Headquarters", None, False),
    ("east", "华东事业部", "East", "hq", True),
    ("shanghai", "上海一组", "Shanghai 1", "east", False),
    ("south", "华南事业部", "South", "hq", True),
    ("shenzhen", "深圳组", "Shenzhen", "south", False),
)
PEOPLE = (
    Person("ivy", "艾薇 Ivy", Role.DIRECTOR, "总经理", "hq", leads=True),
    Person("ben", "贝宁 Ben", Role.SALES_MANAGER, "销售经理", "east", "ivy", leads=True),
    Person("ann", "安然 Ann", Role.SALESPERSON, "销售代表", "shanghai", "ben"),
    Person("jo", "乔安 Jo", Role.SALESPERSON, "销售代表", "shenzhen", "ivy"),
    Person("hal", "郝尔 Hal", Role.SALES_OPERATIONS, "销售运营", "hq", "ivy"),
    Person("chloe", "乔蕾 Chloe", Role.INTEGRITY_OFFICER, "廉洁合规专员", "hq", "ivy"),
    Person("dan", "丹青 Dan", Role.INTERNAL_AUDITOR, "内审专员", "hq", "ivy"),
    Person("fay", "费雅 Fay", Role.HR, "人事主管", "hq", "ivy"),
    Person("gus", "顾思 Gus", Role.FINANCE, "财务主管", "hq", "ivy"),
    Person("kim", "金敏 Kim", Role.ADMINISTRATOR, "系统管理员", "hq", "ivy"),
    Person("eve", "叶薇 Eve", Role.EXTERNAL_AUDITOR, "外部审计师", None),
)


@transaction.atomic
def found_company(at: datetime.datetime) -> None:
    """Fill an empty database with the invented company; a database with people is left alone."""
    if User.objects.exists():
        return
    teams: dict[str, Team] = {}
    for code, name, name_en, parent, is_unit in TEAMS:
        above = teams[parent] if parent else None
        teams[code] = add_team(
            code=code, name=name, name_en=name_en, parent=above, is_unit=is_unit, from_date=FOUNDED, by=None, at=at
        )
    employees: dict[str, Employee] = {}
    for number, person in enumerate(PEOPLE, start=1):
        user = open_account(
            username=person.username,
            name=person.name,
            email=f"{person.username}@example.com",
            password=PASSWORD,
            by=None,
            at=at,
        )
        grant_role(user, person.role, by=None, at=at, reason="demo")
        if person.team is None:
            continue
        employee = add_employee(
            number=f"E{number:03}",
            name=person.name,
            hired_date=FOUNDED,
            user=user,
            position=person.position,
            phone=f"021-5550-{number:04}",
            private_phone=f"139000000{number:02}",
            by=None,
            at=at,
        )
        join_team(employee, teams[person.team], from_date=FOUNDED, leads=person.leads, by=None, at=at)
        if person.manager:
            report_to(employee, employees[person.manager], from_date=FOUNDED, by=None, at=at)
        employees[person.username] = employee
