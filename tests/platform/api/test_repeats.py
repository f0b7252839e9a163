"""A change with an idempotency key happens once, however often it is sent."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mingdan.platform.api.models import Answer
from mingdan.platform.people.models import Employee, User
from tests.platform.api.bearing import Program, program_of, said

NEW = {"number": "E901", "name": "新同事", "hired_date": "2026-01-05"}


@pytest.fixture
def program(fay: User) -> Program:
    return program_of(fay)


def test_the_same_key_and_body_get_the_same_answer_and_add_one_employee(program: Program) -> None:
    first, again = (program.ask("POST", "/employees", NEW, Idempotency_Key="a1") for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Location"] == first.headers["Location"] == f"/api/v1/employees/{said(first)['id']}"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Employee.objects.filter(number="E901").count() == 1


def test_the_same_key_with_another_body_is_refused(program: Program) -> None:
    assert program.ask("POST", "/employees", NEW, Idempotency_Key="a1").status_code == 201
    other = program.ask("POST", "/employees", NEW | {"number": "E902"}, Idempotency_Key="a1")
    assert (other.status_code, said(other)["code"]) == (422, "idempotency_key_reused")
    assert not Employee.objects.filter(number="E902").exists()


def test_without_a_key_the_second_request_is_another_one(program: Program) -> None:
    # Control: it is the key that makes the repeat harmless.
    assert [program.ask("POST", "/employees", NEW).status_code for _time in range(2)] == [201, 409]


def test_keys_of_two_tokens_do_not_meet(program: Program, fay: User) -> None:
    assert program.ask("POST", "/employees", NEW, Idempotency_Key="a1").status_code == 201
    other = program_of(fay).ask("POST", "/employees", NEW | {"number": "E902"}, Idempotency_Key="a1")
    assert other.status_code == 201


def test_a_refused_request_may_succeed_later_with_its_key(program: Program) -> None:
    Employee.objects.create(number="E901", name="earlier", hired_date=datetime.date(2026, 1, 1))
    assert program.ask("POST", "/employees", NEW, Idempotency_Key="a1").status_code == 409
    Employee.objects.filter(number="E901").delete()
    assert program.ask("POST", "/employees", NEW, Idempotency_Key="a1").status_code == 201


def test_a_key_is_forgotten_after_a_day(program: Program) -> None:
    assert program.ask("POST", "/employees", NEW, Idempotency_Key="a1").status_code == 201
    Answer.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    program.ask("PUT", "/calendar/2026-03-02", {"is_working": True, "name": "x"}, Idempotency_Key="b")
    assert set(Answer.objects.values_list("key", flat=True)) == {"b"}


def test_what_is_refused_halfway_changes_nothing(program: Program) -> None:
    wrong = NEW | {"left_date": "2025-01-01"}
    assert program.ask("POST", "/employees", wrong).status_code == 409
    assert not Employee.objects.filter(number="E901").exists()


@given(sent=some.lists(some.tuples(some.sampled_from("abc"), some.sampled_from(["E91", "E92", "E93"])), max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_repeated_each_key_adds_at_most_one(program: Program, sent: list[tuple[str, str]]) -> None:
    Employee.objects.filter(number__startswith="E9").delete()
    Answer.objects.all().delete()
    first: dict[str, tuple[str, bytes]] = {}
    for key, number in sent:
        answer = program.ask("POST", "/employees", NEW | {"number": number}, Idempotency_Key=key)
        if key in first:
            known, content = first[key]
            assert answer.status_code == (201 if known == number else 422)
            assert known != number or answer.content == content
        elif answer.status_code == 201:
            first[key] = number, answer.content
    assert Employee.objects.filter(number__startswith="E9").count() == len(first)
