from mingdan.engine.findings import Text
from mingdan.engine.wording import sentence

COUNTS = Text(
    en="Shared:[ phones {phones:count};][ banks {banks:count};].",
    zh="\u5171\u7528\uff1a[\u7535\u8bdd {phones:count}\uff1b][\u8d26\u6237 {banks:count}\uff1b]\u3002",
)


def test_a_clause_about_nothing_is_not_said() -> None:
    said = sentence(COUNTS, {"phones": 2, "banks": 0})
    assert said == Text(en="Shared: phones 2.", zh="\u5171\u7528\uff1a\u7535\u8bdd 2\u3002")


def test_every_clause_about_something_is_said() -> None:
    assert sentence(COUNTS, {"phones": 2, "banks": 1}).en == "Shared: phones 2; banks 1."


def test_a_fact_in_two_languages_is_said_in_each() -> None:
    both = Text(en="{named}.", zh="{named}\u3002")
    assert sentence(both, {"named": Text(en="yes", zh="\u662f")}) == Text(en="yes.", zh="\u662f\u3002")


def test_amounts_and_shares_are_written_for_people() -> None:
    written = Text(en="{a:money} {p:percent} {n:count} {t:times}", zh="")
    assert sentence(written, {"a": 1234567.0, "p": 0.125, "n": 12000, "t": 3.14}).en == "1,234,567 12.5 % 12,000 3.1"
