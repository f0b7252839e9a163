from mingdan.platform.people.models import Employee, User
from tests.cast import signed_in


def test_hr_sees_a_private_telephone_number(fay: User, employees: dict[str, Employee]) -> None:
    page = signed_in(fay).get(f"/people/{employees['ann'].pk}/").content.decode()
    assert employees["ann"].private_phone in page
