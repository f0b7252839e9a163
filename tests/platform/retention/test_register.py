"""The register of personal data: every column of every model is in it, and what it holds about one person is all of it."""

import datetime

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils.translation import override

from mingdan.platform.people.models import Employee, User
from mingdan.platform.retention.expiries import expiries
from mingdan.platform.retention.held import held_about, label_of
from mingdan.platform.retention.register import columns_of, purposes, register, rules
from mingdan.platform.trail.actions import record_reading
from tests.cast import signed_in


@pytest.mark.row("P0.14")
def test_every_column_of_the_database_is_in_the_register() -> None:
    assert register().unlisted() == []


@isolate_apps("mingdan.pillars.policy")
def test_a_column_that_nobody_listed_is_found() -> None:
    # Control: the enumeration must see a model that somebody adds and forgets.
    class Secret(models.Model):
        blood_group = models.CharField(max_length=2)

        class Meta:
            app_label = "policy"

    assert register().unlisted([Secret, Employee]) == ["policy.Secret.blood_group"]


def test_the_register_names_nothing_twice_and_nothing_that_is_gone() -> None:
    assert register().unknown() == []


@pytest.mark.django_db
def test_every_table_of_the_database_belongs_to_a_model_of_the_register() -> None:
    # The tables of the database itself, so that one made by a migration without a model is seen too.
    listed = {one.model_class._meta.db_table for one in register().personal}
    listed |= {apps_model(label)._meta.db_table for label in register().other}
    assert set(connection.introspection.table_names()) - listed == {"django_migrations", "platform_cache"}


def apps_model(label: str) -> type[models.Model]:
    from django.apps import apps

    return apps.get_model(label)


def test_every_purpose_and_rule_is_said_in_both_languages() -> None:
    said = [(one.code, one.en, one.zh) for one in purposes().values()]
    said += [(one.code, one.en, one.zh) for one in rules().values()]
    for code, en, zh in said:
        assert en, code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), code
    for columns in register().personal:
        assert columns.what_en, columns.model
        assert any("\u4e00" <= letter <= "\u9fff" for letter in columns.what_zh), columns.model


def test_every_rule_with_a_time_is_carried_out_by_something() -> None:
    timed = {rule.code for rule in rules().values() if rule.days is not None}
    assert timed - set(expiries()) == {"events", "jobs", "answers"}  # by jobs and API themselves


def test_every_column_that_refers_to_a_person_is_personal() -> None:
    personal = {(one.model, field) for one in register().personal for field in one.fields}
    referring = {
        f"{label}.{name}"
        for label, name, _whole in columns_of()
        if apps_model(label)._meta.get_field(name).related_model in (User, Employee) and (label, name) not in personal
    }
    assert referring == set()


def test_what_is_held_about_somebody_is_theirs_only(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    ann, jo = cast["ann"], cast["jo"]
    record_reading("viewed", by=ann, at=now, about=employees["jo"])
    held = {one.columns: one for one in held_about(ann, employees["ann"])}
    text = " ".join(cell for one in held.values() for row in one.rows for cell in row)
    for own in (ann.username, ann.email, employees["ann"].private_phone, "trail.record_viewed"):
        assert own in text
    for others in (jo.username, jo.email, employees["jo"].private_phone, ann.password):
        assert others not in text


def test_secrets_are_counted_and_never_shown(cast: dict[str, User], employees: dict[str, Employee]) -> None:
    secrets = [one for one in held_about(cast["ann"], employees["ann"]) if one.columns.is_secret]
    assert [one.count for one in secrets if "password" in one.columns.fields] == [1]
    assert all(one.rows == () for one in secrets)


def test_somebody_who_is_no_employee_has_data_too(eve: User) -> None:
    counts = {one.columns.model: one.count for one in held_about(eve, None)}
    assert counts["people.User"] == 1
    assert counts["people.Employee"] == 0
    assert counts["access.RoleGrant"] == 1


def test_no_key_of_a_session_is_ever_shown(cast: dict[str, User], employees: dict[str, Employee]) -> None:
    # Whoever reads over a shoulder, or finds the copy, must not become that person.
    browser = signed_in(cast["ann"])
    browser.get("/")
    key = str(browser.session.session_key)
    for address in ("/my-data/", "/my-data/copy/"):
        shown = browser.get(address).content.decode()
        assert cast["ann"].email in shown
        assert key not in shown


def test_every_column_that_somebody_is_shown_has_a_chinese_name() -> None:
    with override("zh-hans"):
        nameless = {
            f"{one.model}.{field}: {label_of(one, field)}"
            for one in register().personal
            if one.subject and not one.is_secret
            for field in one.fields
            if field != "sha256" and not any("\u4e00" <= letter <= "\u9fff" for letter in label_of(one, field))
        }
    assert nameless == set()
