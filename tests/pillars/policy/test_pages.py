"""The pages of policies: adopting one in the browser, receiving it, and the minutes as a download."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import Settings

from mingdan.pillars.policy.models import PolicyText, PolicyVersion, Receipt
from mingdan.pillars.policy.notice_text import drafted_notice
from mingdan.platform.files import store
from mingdan.platform.files.actions import keep_file
from mingdan.platform.files.models import StoredFile
from mingdan.platform.people.models import Employee, User
from mingdan.platform.retention.register import register, rules
from mingdan.platform.trail.models import PendingEntry
from tests.cast import signed_in
from tests.pillars.policy.adopting import drafted, in_force
from tests.platform.files.samples import PDF


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.mark.row("P0.15")
def test_a_notice_goes_from_draft_to_receipt_in_the_browser(
    cast: dict[str, User], employees: dict[str, Employee]
) -> None:
    fay, ivy, ann = signed_in(cast["fay"]), signed_in(cast["ivy"], confirmed=True), signed_in(cast["ann"])
    notice = {"code": "notice", "title": "告知书", "title_en": "Notice", "kind": "notice"}
    drafting = fay.post(reverse("policy:add_text"), notice, follow=True)
    assert "个人信息保护法" in drafting.content.decode()  # the draft comes out of the register
    fay.post(reverse("policy:draft", args=[PolicyText.objects.get().pk]), {"body": "甲", "body_en": "First words"})
    version = PolicyVersion.objects.get()
    address = reverse("policy:version", args=[version.pk])
    assert ann.get(address).status_code == 404
    for step in ("staff", "representatives"):
        held = {"step": step, "held_date": "2026-01-05", "with_whom": "all", "outcome": "none"}
        minutes = SimpleUploadedFile("minutes.pdf", PDF)
        fay.post(reverse("policy:consult", args=[version.pk]), {**held, "file": minutes})
    ivy.post(reverse("policy:publish", args=[version.pk]), {"in_force_date": ""})
    ann.cookies["mingdan_language"] = "en"
    assert "First words" in ann.get(reverse("policy:notice")).content.decode()
    ann.post(reverse("policy:receive", args=[version.pk]), {"sha256": version.sha256})
    receipt = Receipt.objects.get()
    assert (receipt.employee, receipt.language, receipt.on_paper) == (employees["ann"], "en", False)
    listed = fay.get(reverse("policy:receipts", args=[version.pk])).content.decode()
    assert listed.index("乔安 Jo") < listed.index("安然 Ann")  # not yet, then received
    fay.post(reverse("policy:receipts", args=[version.pk]), {"employee": employees["jo"].pk})
    assert Receipt.objects.get(employee=employees["jo"]).on_paper


def test_a_macro_is_refused_with_the_step_and_nothing_is_kept(cast: dict[str, User], now: datetime.datetime) -> None:
    version = drafted(cast, now)
    held = {"step": "staff", "held_date": "2026-01-05", "with_whom": "all", "outcome": "none"}
    program = SimpleUploadedFile("minutes.pdf", b"MZ\x90")
    refused = signed_in(cast["fay"]).post(reverse("policy:consult", args=[version.pk]), {**held, "file": program})
    assert refused.status_code == 422
    assert not version.consultations.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.row("P0.12")
def test_a_file_is_a_download_that_no_browser_shows_and_the_trail_names_its_hash(
    cast: dict[str, User], now: datetime.datetime
) -> None:
    version = in_force(cast, now)
    with (Path(store.folder()).parent / "x.pdf").open("wb+") as file:
        file.write(PDF)
        kept = keep_file(file, "会议纪要.pdf", about=version, by=cast["fay"], at=now)
    response = signed_in(cast["ann"]).get(reverse("files:download", args=[kept.pk]))
    assert response.content == PDF
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response.headers["Cache-Control"]
    assert kept.sha256 in PendingEntry.objects.get(kind="files.file_downloaded").text


def test_a_file_of_a_draft_looks_absent_to_who_may_not_see_the_draft(
    cast: dict[str, User], now: datetime.datetime
) -> None:
    version = drafted(cast, now)
    kept = keep_file(io.BytesIO(PDF), "a.pdf", about=version, by=cast["fay"], at=now)
    address = reverse("files:download", args=[kept.pk])
    for who, status in (("chloe", 200), ("ivy", 200), ("ann", 404), ("kim", 404), ("eve", 404)):
        assert signed_in(cast[who]).get(address).status_code == status, who
    stray = keep_file(io.BytesIO(PDF), "a.pdf", about=cast["ann"], by=cast["ann"], at=now)
    # Control: a file on what no part lets files hang on goes to nobody, not to everybody.
    assert signed_in(cast["ann"]).get(reverse("files:download", args=[stray.pk])).status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_given_out(cast: dict[str, User], now: datetime.datetime) -> None:
    kept = keep_file(io.BytesIO(PDF), "a.pdf", about=in_force(cast, now), by=cast["fay"], at=now)
    address, browser = reverse("files:download", args=[kept.pk]), signed_in(cast["ann"])
    assert browser.get(address).status_code == 200
    for damage in (PDF.replace(b"1.7", b"1.6"), None):
        if damage:
            store.path_of(kept.sha256).write_bytes(damage)
        else:
            store.path_of(kept.sha256).unlink()
        response = browser.get(address)
        assert response.status_code == 500
        assert b"%PDF" not in response.content
    assert PendingEntry.objects.filter(kind="files.file_damaged").count() == 2


def test_the_drafted_notice_says_what_every_purpose_and_time_is(db: None) -> None:
    chinese, english = drafted_notice("公司", "a@example.com")
    for one in register().personal:
        assert one.what_zh in chinese
        assert one.what_en in english
        assert one.purpose.basis_zh in chinese
    for rule in rules().values():
        assert (rule.en in english, rule.zh in chinese) == (True, True)


def test_the_register_is_open_to_everybody_in_both_languages(cast: dict[str, User]) -> None:
    browser = signed_in(cast["eve"])
    assert "私人电话" in browser.get(reverse("policy:register")).content.decode()
    cast["eve"].language = "en"
    cast["eve"].save(update_fields=["language"])
    assert "your private telephone" in browser.get(reverse("policy:register")).content.decode()
