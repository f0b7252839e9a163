"""What differs from company to company: drawn anew for each seed, so that nothing can be tuned to one world's habits."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.dice import Dice


@dataclass(frozen=True)
class Assumptions:
    """Rates and habits of one simulated company; shares are fractions, times days, amounts in `currency`.

    Rates of things that also happen to honest people (own numbers typed in, owners who pay, second-hand machines) are
    here; how strongly a scheme shows is in `tells.py`, what the trail lacks in `gaps.py`.
    """

    currency: str
    regions: int
    segments: int
    team_size: int
    reps_per_support: int
    guilty_share: float
    twin_share: float
    regular_share: float
    project_share: float
    micro_share: float
    old_customers: float
    rhythm_shape: float
    rhythm_spread: float
    cycle_days: float
    season_swing: float
    use_noise: float
    price_scale: float
    price_rise: float
    deals_scale: float
    dwell_scale: float
    skill_spread: float
    size_spread: float
    late_loss: float
    early_drop: float
    yearly_churn: float
    supplier_share_elsewhere: float
    discount: float
    discount_spread: float
    bunching: float
    logging: float
    batchers: float
    entered_late: float
    skipped_stage: float
    unapproved: float
    rejected: float
    mail_share: float
    reason_filled: float
    winner_known: float
    rival_named: float
    contract_share: float
    named_payee: float
    escrow: float
    third_party_payer: float
    owner_pays: float
    consumer_channels: float
    posting_days: float
    month_end_posting: float
    wrong_remittance: float
    financed: float
    confirmed: float
    confirmation_slip: float
    phone_missing: float
    registration_missing: float
    typing_errors: float
    short_names: float
    agent_share: float
    free_mail: float
    other_recipient: float
    outside_mail: float
    second_site: float
    forwarder: float
    ticket_rate: float
    second_hand: float
    mistyped_serial: float
    foreign_user: float
    callback_rate: float
    callback_reached: float
    supplier_told: float
    mentioned: float
    survey_rate: float
    complaint_rate: float
    tip_rate: float
    lost_order_calls: float
    causes_registered: float
    overtime: float
    off_template: float
    yearly_leavers: float
    yearly_territory: float
    pool_rate: float
    pool_days: float
    export_rate: float
    stranger_views: float
    tamper_rate: float
    own_number: float
    number_emptied: float
    archive_consent: float
    text_kept: float
    chat_rate: float
    odd_talk: float
    deletion_rate: float
    relatives_firms: float
    relative_named_alike: float
    relative_phone: float
    relative_address: float
    relative_declared: float
    customer_with_our_number: float
    lead_rate: float
    lead_invalid: float
    lead_long_call: float
    lead_pool: float
    sample_share: float
    sample_return: float
    expense_after_loss: float
    bystanders: int


CURRENCIES, _CURRENCY_WEIGHTS = ("CNY", "USD", "EUR", "HKD", "SGD"), (0.78, 0.08, 0.06, 0.05, 0.03)

EVEN: dict[str, tuple[float, float]] = {
    "twin_share": (0.3, 0.6), "regular_share": (0.25, 0.65), "project_share": (0.08, 0.3), "micro_share": (0.04, 0.3),
    "old_customers": (0.65, 0.92), "rhythm_spread": (0.25, 0.7), "season_swing": (0.0, 0.5), "use_noise": (0.05, 0.4),
    "price_rise": (0.0, 0.08), "skill_spread": (0.2, 0.9), "size_spread": (0.15, 0.6), "late_loss": (0.12, 0.55),
    "early_drop": (0.02, 0.14), "discount": (0.02, 0.18), "discount_spread": (0.01, 0.045), "bunching": (0.0, 0.4),
    "logging": (0.15, 0.95), "batchers": (0.02, 0.6), "entered_late": (0.02, 0.2), "rejected": (0.0, 0.2),
    "mail_share": (0.1, 0.45), "reason_filled": (0.3, 1.0), "winner_known": (0.02, 0.6), "rival_named": (0.15, 0.8),
    "contract_share": (0.4, 1.0), "named_payee": (0.2, 1.0), "month_end_posting": (0.0, 0.5), "confirmed": (0.4, 0.95),
    "phone_missing": (0.0, 0.35), "registration_missing": (0.0, 0.6), "short_names": (0.02, 0.4),
    "free_mail": (0.05, 0.65), "callback_reached": (0.35, 0.9), "supplier_told": (0.2, 0.9),
    "causes_registered": (0.4, 0.97), "pool_rate": (0.0, 0.08), "archive_consent": (0.05, 0.95), "text_kept": (0.3, 1.0),
    "relatives_firms": (0.05, 0.6), "relative_named_alike": (0.25, 0.75), "relative_phone": (0.02, 0.25),
    "relative_address": (0.02, 0.3), "relative_declared": (0.1, 0.8), "lead_invalid": (0.2, 0.6),
    "lead_long_call": (0.03, 0.3), "lead_pool": (0.15, 0.95), "sample_share": (0.04, 0.35), "sample_return": (0.1, 0.8),
    "expense_after_loss": (0.1, 0.7), "financed": (0.0, 0.04), "overtime": (0.0, 0.15), "off_template": (0.0, 0.15),
}  # fmt: skip
"""Drawn uniformly between these bounds."""

BY_RATIO: dict[str, tuple[float, float]] = {
    "guilty_share": (0.01, 0.08), "rhythm_shape": (1.3, 14.0), "cycle_days": (12.0, 55.0), "price_scale": (0.15, 6.0),
    "deals_scale": (0.7, 1.9), "dwell_scale": (0.5, 2.0), "yearly_churn": (0.03, 0.25),
    "supplier_share_elsewhere": (0.01, 0.3), "skipped_stage": (0.005, 0.08), "unapproved": (0.004, 0.1),
    "escrow": (0.0005, 0.008), "third_party_payer": (0.002, 0.05), "owner_pays": (0.03, 0.4),
    "consumer_channels": (0.005, 0.25), "posting_days": (0.2, 3.0), "wrong_remittance": (0.0005, 0.015),
    "confirmation_slip": (0.01, 0.15), "typing_errors": (0.001, 0.04), "agent_share": (0.01, 0.2),
    "other_recipient": (0.004, 0.06), "outside_mail": (0.0003, 0.01), "second_site": (0.005, 0.08),
    "forwarder": (0.002, 0.03), "ticket_rate": (0.15, 1.5), "second_hand": (0.003, 0.08),
    "mistyped_serial": (0.001, 0.02), "foreign_user": (0.002, 0.04), "callback_rate": (0.004, 0.06),
    "mentioned": (0.005, 0.1), "survey_rate": (0.01, 0.15), "complaint_rate": (0.003, 0.05), "tip_rate": (0.003, 0.06),
    "lost_order_calls": (0.0005, 0.01), "yearly_leavers": (0.04, 0.25), "yearly_territory": (0.005, 0.08),
    "pool_days": (0.3, 30.0), "export_rate": (0.4, 9.0), "stranger_views": (0.01, 0.12), "tamper_rate": (0.3, 5.0),
    "own_number": (0.002, 0.05), "number_emptied": (0.02, 0.3), "chat_rate": (0.3, 1.8), "odd_talk": (0.0008, 0.015),
    "deletion_rate": (0.005, 0.08), "customer_with_our_number": (0.005, 0.12), "lead_rate": (8.0, 60.0),
}  # fmt: skip
"""Drawn evenly on a logarithmic scale: rates whose order of magnitude is what differs."""

WHOLE: dict[str, tuple[int, int]] = {
    "regions": (3, 8),
    "segments": (2, 5),
    "team_size": (4, 15),
    "reps_per_support": (10, 50),
    "bystanders": (20, 120),
}


def assume(dice: Dice) -> Assumptions:
    """Draw one company's assumptions from wide ranges (none is measured, all are declared in the docs)."""
    values: dict[str, float] = {name: dice.uniform(*bounds) for name, bounds in EVEN.items()}
    values |= {name: float(np.exp(dice.uniform(*np.log(bounds)))) for name, bounds in BY_RATIO.items()}
    whole = {name: int(dice.integers(low, high + 1)) for name, (low, high) in WHOLE.items()}
    currency = CURRENCIES[int(dice.choice(len(CURRENCIES), p=_CURRENCY_WEIGHTS))]
    return Assumptions(currency=currency, **whole, **values)  # type: ignore[arg-type]
