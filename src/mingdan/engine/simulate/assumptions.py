"""What differs from company to company: drawn anew for each seed, so that nothing can be tuned to one world's habits."""

from dataclasses import dataclass

from mingdan.engine.simulate.dice import Dice


@dataclass(frozen=True)
class Assumptions:
    """Rates and habits of one simulated company; shares are fractions, times days, amounts CNY."""

    regions: int
    segments: int
    regular_share: float
    project_share: float
    rhythm_shape: float
    cycle_days: float
    season_swing: float
    late_loss: float
    early_drop: float
    yearly_churn: float
    supplier_share_elsewhere: float
    discount: float
    bunching: float
    logging: float
    mail_share: float
    reason_filled: float
    winner_known: float
    contract_share: float
    named_payee: float
    third_party_payer: float
    consumer_channels: float
    phone_missing: float
    registration_missing: float
    typing_errors: float
    agent_share: float
    free_mail: float
    ticket_rate: float
    second_hand: float
    callback_rate: float
    causes_registered: float
    yearly_leavers: float
    export_rate: float
    tamper_rate: float
    tip_rate: float
    archive_consent: float
    chat_rate: float
    relatives_firms: float


def assume(dice: Dice) -> Assumptions:
    """Draw one company's assumptions from wide ranges (uniform; none is measured, all are declared in the docs)."""
    draw = dice.uniform
    return Assumptions(
        regions=int(dice.integers(4, 9)),
        segments=int(dice.integers(3, 6)),
        regular_share=draw(0.38, 0.6),
        project_share=draw(0.12, 0.25),
        rhythm_shape=draw(2.0, 10.0),
        cycle_days=draw(13.0, 32.0),
        season_swing=draw(0.0, 0.35),
        late_loss=draw(0.18, 0.42),
        early_drop=draw(0.03, 0.10),
        yearly_churn=draw(0.04, 0.14),
        supplier_share_elsewhere=draw(0.03, 0.15),
        discount=draw(0.05, 0.16),
        bunching=draw(0.02, 0.25),
        logging=draw(0.35, 0.85),
        mail_share=draw(0.15, 0.4),
        reason_filled=draw(0.5, 0.95),
        winner_known=draw(0.08, 0.45),
        contract_share=draw(0.6, 0.98),
        named_payee=draw(0.4, 0.95),
        third_party_payer=draw(0.004, 0.03),
        consumer_channels=draw(0.02, 0.12),
        phone_missing=draw(0.03, 0.2),
        registration_missing=draw(0.05, 0.35),
        typing_errors=draw(0.002, 0.02),
        agent_share=draw(0.03, 0.12),
        free_mail=draw(0.15, 0.5),
        ticket_rate=draw(0.3, 1.2),
        second_hand=draw(0.005, 0.03),
        callback_rate=draw(0.01, 0.04),
        causes_registered=draw(0.6, 0.95),
        yearly_leavers=draw(0.06, 0.18),
        export_rate=draw(1.0, 6.0),
        tamper_rate=draw(0.5, 3.0),
        tip_rate=draw(0.005, 0.03),
        archive_consent=draw(0.2, 0.8),
        chat_rate=draw(0.3, 1.5),
        relatives_firms=draw(0.1, 0.4),
    )
