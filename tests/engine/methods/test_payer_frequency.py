from mingdan.engine.methods.payer_frequency import PayerFrequency

NONE: frozenset[str] = frozenset()
ROWS = [{"account_id": f"A{n}", "owner_id": f"E{n % 4}", "region": "north"} for n in range(40)]
FREQUENCY = PayerFrequency(ROWS, NONE, NONE, NONE)


def test_customers_of_one_salesperson_seldom_share_a_payer_by_chance() -> None:
    assert (
        FREQUENCY.shared_by_chance(["A0", "A4", "A8"], 3, "E0") < FREQUENCY.shared_by_chance(["A0", "A1"], 1, "E0") <= 1
    )


def test_customers_who_have_passed_to_others_since_are_no_evidence() -> None:
    moved = [{**row, "owner_id": "E1"} for row in ROWS[1:]]
    frequency = PayerFrequency([ROWS[0], *moved], NONE, NONE, NONE)
    assert frequency.shared_by_chance(["A0", "A4"], 2, "E0") == 1.0
    assert frequency.shared_by_chance(["A0", "A4"], 2, "E3") == 1.0
