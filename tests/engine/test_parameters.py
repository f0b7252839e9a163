from pathlib import Path

import pytest

from mingdan.engine.parameters import UnreadableParametersError, read_setup, shipped


def written(folder: Path, text: str) -> Path:
    path = folder / "parameters.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_everything_is_as_shipped() -> None:
    assert read_setup(None) == shipped()


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    setup = read_setup(
        written(
            tmp_path,
            'off = ["export-spike"]\n[fusion]\ncustomers_touched = 0.1\n[scales]\nsilent-deal = 0.5\n'
            "[detectors.third-party-payer]\nsingle = 0.4\n",
        )
    )
    assert setup.off == shipped().off | {"export-spike"}
    assert setup.fusion.customers_touched == 0.1
    assert setup.fusion.salespeople_diverting == shipped().fusion.salespeople_diverting
    assert setup.fusion.scale("silent-deal") == 0.5
    assert setup.by_code["third-party-payer"].parameters.single == 0.4
    others = [code for code in setup.by_code if code != "third-party-payer"]
    assert all(setup.by_code[code] == shipped().by_code[code] for code in others)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("off = [", "not TOML"),
        ('of = ["x"]', "no section 'of'"),
        ('off = ["no-such"]', "no detector 'no-such'"),
        ("[scales]\nno-such = 1", "no detector 'no-such'"),
        ("[scales]\nsilent-deal = -1", "0 or more"),
        ("[fusion]\nprior = 0.1", "no parameter in [fusion] called 'prior'"),
        ('[fusion]\ncustomers_touched = "much"', "must be a number"),
        ("[detectors.third-party-payer]\nsingle = true", "must be written like 0.6"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableParametersError) as complaint:
        read_setup(written(tmp_path, text))
    assert said in str(complaint.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableParametersError, match="cannot be read"):
        read_setup(tmp_path / "none.toml")
