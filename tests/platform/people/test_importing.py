import datetime
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from mingdan.platform.people.actions import CannotChangePeopleError
from mingdan.platform.people.employee_file import UnreadableEmployeeFileError, read_employees
from mingdan.platform.people.importing import CannotImportError, apply_import, differences, draft_import
from mingdan.platform.people.models import Employee, EmployeeImport, User
from mingdan.platform.trail.models import PendingEntry
from tests.cast import signed_in

HEADINGS = ["工号", "姓名", "入职日期", "职位", "团队", "上级工号"]
HIRED = datetime.date(2026, 3, 2)


def workbook(*rows: list[Any], headings: list[str] = HEADINGS) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate([headings, *rows]):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime.date):
                sheet.write_datetime(line, column, datetime.datetime.combine(cell, datetime.time()), day)
            else:
                sheet.write(line, column, cell)
    book.close()
    return file.getvalue()


GOOD = workbook(
    # The manager stands below the one who reports to her.
    ["N2", "王二", HIRED, "销售代表", "shanghai", "N1"],
    ["N1", "李一", "2026/3/2", "销售经理", "上海一组", "E001"],
    ["E003", "安然 Ann", datetime.date(2024, 1, 1), "高级销售代表", "", ""],
)


def test_a_file_is_compared_before_anything_changes(fay: User, now: datetime.datetime) -> None:
    draft = draft_import(GOOD, "people.xlsx", by=fay, at=now)
    new, also_new, changed = differences(draft)
    assert (new.is_new, also_new.is_new, changed.is_new) == (True, True, False)
    assert changed.changes == {"position": ("销售代表", "高级销售代表")}
    assert not Employee.objects.filter(number="N1").exists()


def test_with_the_yes_all_rows_come_in_with_teams_and_lines(fay: User, now: datetime.datetime) -> None:
    draft = draft_import(GOOD, "people.xlsx", by=fay, at=now)
    assert apply_import(draft, by=fay, at=now) == 3
    second = Employee.objects.get(number="N2")
    assert second.reporting_lines.get().manager.number == "N1"
    assert second.memberships.get().team.code == "shanghai"
    assert Employee.objects.get(number="E003").position == "高级销售代表"
    assert PendingEntry.objects.filter(kind="people.imported").exists()
    draft.refresh_from_db()
    assert draft.rows == []


def test_the_same_file_is_not_imported_twice(fay: User, now: datetime.datetime) -> None:
    draft = draft_import(GOOD, "people.xlsx", by=fay, at=now)
    apply_import(draft, by=fay, at=now)
    with pytest.raises(CannotImportError):
        apply_import(draft, by=fay, at=now)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["N1", "", HIRED, "", "", ""], "姓名"),
        (["N1", "李一", "yesterday", "", "", ""], "yesterday"),
        (["N1", "李一", HIRED, "", "nowhere", ""], "nowhere"),
        (["N1", "李一", HIRED, "", "", "N404"], "N404"),
    ],
)
def test_a_wrong_row_is_named_and_undoes_all(row: list[Any], said: str, fay: User, now: datetime.datetime) -> None:
    before = Employee.objects.count()
    draft = draft_import(workbook(["N0", "赵零", HIRED, "", "", ""], row), "people.xlsx", by=fay, at=now)
    wrong = [one for one in differences(draft) if one.errors]
    assert [one.line for one in wrong] == [3]
    assert said in " ".join(wrong[0].errors)
    with pytest.raises(CannotImportError):
        apply_import(draft, by=fay, at=now)
    assert Employee.objects.count() == before


def test_a_number_that_stands_twice_is_named() -> None:
    rows = read_employees(workbook(["N1", "a", HIRED, "", "", ""], ["N1", "b", HIRED, "", "", ""]))
    assert rows[0].errors == []
    assert "2" in rows[1].errors[0]


@pytest.mark.parametrize(
    "content", [b"", b"plain text", workbook(["x"], headings=["unknown"]), b"PK\x03\x04 not really"]
)
def test_a_file_that_is_no_list_of_employees_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableEmployeeFileError):
        read_employees(content)


def test_a_file_that_unpacks_to_a_flood_is_not_opened() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (61 * 1024 * 1024))
    assert len(file.getvalue()) < 1024 * 1024
    with pytest.raises(UnreadableEmployeeFileError, match="60 MB"):
        read_employees(file.getvalue())


def test_a_salesperson_imports_nobody(ann: User, now: datetime.datetime) -> None:
    with pytest.raises(CannotChangePeopleError, match="no_right"):
        draft_import(GOOD, "people.xlsx", by=ann, at=now)


def test_hr_imports_in_the_browser(fay: User) -> None:
    client = signed_in(fay, confirmed=True)
    preview = client.post("/people/import/", {"file": SimpleUploadedFile("people.xlsx", GOOD)}, follow=True)
    assert "王二" in preview.content.decode()
    draft = EmployeeImport.objects.get(by=fay, done_at__isnull=True)
    done = client.post(f"/people/import/{draft.pk}/", follow=True)
    assert "王二" in done.content.decode()
