import pytest
from django.db import connection

from mingdan.platform.people.models import Employee, User
from mingdan.platform.trail.models import PendingEntry
from tests.cast import signed_in


def test_hr_sees_a_private_telephone_number(fay: User, employees: dict[str, Employee]) -> None:
    page = signed_in(fay).get(f"/people/{employees['ann'].pk}/").content.decode()
    assert employees["ann"].private_phone in page


def test_a_manager_sees_no_private_telephone_number(ben: User, employees: dict[str, Employee]) -> None:
    page = signed_in(ben).get(f"/people/{employees['ann'].pk}/").content.decode()
    assert employees["ann"].name in page
    assert employees["ann"].private_phone not in page


def test_ones_own_number_is_shown_to_oneself(ann: User, employees: dict[str, Employee]) -> None:
    page = signed_in(ann).get(f"/people/{employees['ann'].pk}/").content.decode()
    assert employees["ann"].private_phone in page


def test_who_looked_at_a_record_is_told_to_the_auditor_and_not_to_hr(
    chloe: User, dan: User, fay: User, ann: User, employees: dict[str, Employee]
) -> None:
    address = f"/people/{employees['ann'].pk}/"
    signed_in(chloe).get(address)
    told = f"{chloe.name} 查看了"
    assert told in signed_in(dan).get(address).content.decode()
    for reader in (fay, ann):
        assert told not in signed_in(reader).get(address).content.decode()
    assert "新增了员工" in signed_in(fay).get(address).content.decode()
    assert "新增了员工" not in signed_in(ann).get(address).content.decode()


@pytest.mark.row("P0.4")
@pytest.mark.parametrize("day", ["2024-01-01", "2026-03-01", "never"])
def test_the_tree_of_any_day_is_shown(day: str, ann: User) -> None:
    assert signed_in(ann).get(f"/teams/?day={day}").status_code == 200


def test_a_year_that_is_not_final_says_so(ann: User) -> None:
    assert "尚未确定" in signed_in(ann).get("/calendar/?year=2060").content.decode()
    assert "尚未确定" not in signed_in(ann).get("/calendar/?year=2025").content.decode()


@pytest.mark.row("P0.4")
def test_a_company_day_shows_in_the_calendar(hal: User) -> None:
    form = {"date": "2025-06-30", "is_working": "", "name": "半年盘点"}
    assert "半年盘点" in signed_in(hal).post("/calendar/", form, follow=True).content.decode()


def test_a_search_is_recorded_without_its_words(ann: User) -> None:
    signed_in(ann).get("/people/?q=Ben")
    entry = PendingEntry.objects.filter(kind="trail.searched").latest("pk")
    assert "Ben" not in entry.text


def test_an_account_opened_in_the_browser_belongs_to_its_employee(kim: User, fay: User) -> None:
    employee = Employee.objects.create(number="E500", name="新人", hired_date="2026-01-05")
    client = signed_in(kim, confirmed=True)
    client.post(
        "/accounts/add/", {"username": "xin.ren", "name": "新人", "email": "x@example.com", "employee": employee.pk}
    )
    employee.refresh_from_db()
    assert employee.user is not None
    assert not employee.user.has_usable_password()


def test_what_is_neither_role_nor_right_is_not_granted(kim: User, gus: User) -> None:
    client = signed_in(kim, confirmed=True)
    assert client.post(f"/accounts/{gus.pk}/grant/", {"what": "superuser", "reason": "x"}).status_code == 404


def test_a_record_is_not_shown_when_the_reading_cannot_be_recorded(fay: User, employees: dict[str, Employee]) -> None:
    client = signed_in(fay)
    client.raise_request_exception = False
    address = f"/people/{employees['ann'].pk}/"
    assert client.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_pendingentry RENAME TO trail_gone")
    answer = client.get(address)
    assert answer.status_code == 500
    assert employees["ann"].private_phone not in answer.content.decode()


def test_a_refusal_names_the_two_duties(kim: User, gus: User) -> None:
    client = signed_in(kim, confirmed=True)
    page = client.post(f"/accounts/{gus.pk}/grant/", {"what": "hr", "reason": "cover"}, follow=True).content.decode()
    assert "变更银行账户" in page
    assert "付款" in page
