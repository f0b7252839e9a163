import pytest

from mingdan.platform.trail.kinds import WrongKindError, all_kinds, declare_kind, kind_called

GOOD = {"en": "{by} did it.", "zh": "{by} 完成了此事。"}


@pytest.mark.parametrize(
    ("code", "changes", "why"),
    [
        ("nodot", {}, "app.event_in_the_past"),
        ("tests.no_stop", {"en": "{by} did it"}, "whole sentence"),
        ("tests.no_chinese_stop", {"zh": "{by} 完成了此事."}, "whole sentence"),
        ("tests.unknown_blank", {"zh": "{by} 完成了 {what}。"}, "names what, which is no field"),
        ("tests.twice", {"fields": ("a",), "personal": ("a",)}, "stands twice"),
        ("tests.refers_to_nothing", {"refers": ("a",)}, "a refers and is no field"),
        ("tests.reserved", {"fields": ("by",)}, "is called about or by"),
    ],
)
def test_a_kind_that_could_not_be_told_is_refused(code: str, changes: dict[str, str], why: str) -> None:
    with pytest.raises(WrongKindError, match=why):
        declare_kind(code, **(GOOD | changes))  # type: ignore[arg-type]
    assert kind_called(code) is None


def test_two_kinds_of_one_name_are_refused_and_the_same_one_again_is_not() -> None:
    en, zh = GOOD["en"], GOOD["zh"]
    first = declare_kind("tests.done", en=en, zh=zh)
    assert declare_kind("tests.done", en=en, zh=zh) == first
    with pytest.raises(WrongKindError, match="two kinds"):
        declare_kind("tests.done", en="{by} did something else.", zh=zh)


def test_every_kind_is_told_in_chinese_with_chinese_punctuation() -> None:
    for kind in all_kinds():
        chinese = kind.sentence.zh
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese), kind.code
        assert not set(chinese) & set(",;:()?!"), kind.code
