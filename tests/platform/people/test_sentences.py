import datetime
import re

from mingdan.platform.access.actions import grant_role, lend_right, take_back
from mingdan.platform.access.duties import Duty, do_duty
from mingdan.platform.access.roles import Role
from mingdan.platform.people.access import SEE_PRIVATE
from mingdan.platform.people.actions import (
    change_employee,
    close_account,
    join_team,
    link_account,
    report_to,
    set_company_day,
)
from mingdan.platform.people.models import Employee, Team, User
from mingdan.platform.trail.models import PendingEntry
from mingdan.platform.trail.queries import tell
from tests.cast import signed_in

DAY = datetime.date(2026, 3, 2)
CODES = re.compile(r"[a-z]+_[a-z]+|\bpeople\.\w+")


def test_no_sentence_of_the_trail_shows_codes_to_people(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    fay, kim, gus, ann = cast["fay"], cast["kim"], cast["gus"], employees["ann"]
    grant_role(gus, Role.SALES_MANAGER, by=kim, at=now, reason="代班")
    until = now + datetime.timedelta(days=1)
    take_back(lend_right(gus, SEE_PRIVATE, by=kim, at=now, reason="事故", expires_at=until), by=kim, at=now)
    lend_right(gus, SEE_PRIVATE, by=kim, at=now, reason="事故", expires_at=until, employee_id=ann.pk)
    do_duty(Duty.SET_PRICES, about="x:1", by=cast["hal"], at=now)
    link_account(Employee.objects.create(number="E500", name="新人", hired_date=DAY), cast["eve"], by=kim, at=now)
    change_employee(ann, {"private_phone": "1", "left_date": DAY}, by=fay, at=now)
    join_team(ann, Team.objects.get(code="shenzhen"), from_date=DAY, by=fay, at=now)
    report_to(ann, employees["ivy"], from_date=DAY, by=fay, at=now)
    set_company_day(DAY, is_working=False, name="盘点", by=fay, at=now)
    signed_in(cast["jo"])
    close_account(cast["jo"], by=kim, at=now)
    entries = list(PendingEntry.objects.all())
    assert len({entry.kind for entry in entries}) >= 13
    for language in ("zh-hans", "en"):
        told = [one.sentence for one in tell(entries, language, with_personal=True)]
        assert [sentence for sentence in told if CODES.search(sentence)] == []
    chinese = [one.sentence for one in tell(entries, "zh-hans", with_personal=True)]
    assert any("授予 顾思 Gus 角色“销售经理”" in sentence for sentence in chinese)
    assert any("公司的休息日" in sentence for sentence in chinese)
