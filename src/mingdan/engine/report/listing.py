"""What stays below the line: matters that name nobody, and whom to call back."""

from collections.abc import Mapping
from dataclasses import dataclass

from mingdan.engine.findings import Text
from mingdan.engine.fuse.alerts import KEY_WEIGHT
from mingdan.engine.report.amounts import Band, amount, band, chance
from mingdan.engine.report.people import People
from mingdan.engine.report.story import Detectors, Key, keys_of
from mingdan.engine.result import Callback, Matter, ScanResult

MOST_MATTERS = 100
MOST_CALLBACKS = 200


@dataclass(frozen=True)
class MatterRow:
    """One matter without an alert; people stand here by number even where names are shown elsewhere."""

    place: int
    person: Text
    customers: tuple[Text, ...]
    amount: str
    band: Band
    keys: tuple[Key, ...]
    why_not: Text


@dataclass(frozen=True)
class CallbackRow:
    customer: Text
    account_id: Text
    reason: Text
    chance: str

    @property
    def is_own_id(self) -> bool:
        """Return whether the customer is called by its id, which then need not be shown again."""
        return self.customer == self.account_id


def matters_below(result: ScanResult, people: People, detectors: Detectors) -> tuple[MatterRow, ...]:
    """Return the first matters that are no alert, most probable first, each with what keeps it from naming anybody."""
    alerted = {alert.matter.matter_id for alert in result.alerts}
    named = {alert.matter.employee_id: alert.rank for alert in result.alerts}
    below = [matter for matter in result.matters if matter.matter_id not in alerted]
    return tuple(
        MatterRow(
            place=place,
            person=people.number(matter.employee_id) if matter.employee_id else people.label(None),
            customers=tuple(people.customer(one) for one in matter.account_ids),
            amount=amount(matter.amount_at_risk, result.currency),
            band=band(matter.probability),
            keys=keys_of(matter, detectors),
            why_not=why_not(matter, result, named, detectors),
        )
        for place, matter in enumerate(below[:MOST_MATTERS], start=1)
    )


def why_not(matter: Matter, result: ScanResult, named: Mapping[str | None, int], detectors: Detectors) -> Text:
    """Say which key, probability or budget is missing for this matter to be an alert."""
    turned = [key for key in keys_of(matter, detectors) if key.weight >= KEY_WEIGHT]
    if matter.employee_id is None:
        return Text("No salesperson is tied to it", "未关联到任何销售员")
    if not any(key.first for key in turned):
        return Text(
            "First key missing",
            "缺第一把钥匙",
        )
    if len(turned) < 2:
        return Text("Second key missing", "缺第二把钥匙")
    if matter.probability < result.min_probability:
        least = f"{result.min_probability:.0%}".replace("%", " %")
        return Text(f"Probability below {least}", f"概率低于 {least}")
    if matter.employee_id in named:
        rank = named[matter.employee_id]
        return Text(f"Same salesperson as alert {rank}", f"与预警 {rank} 为同一销售员")
    return Text("Beyond the budget of alerts", "超出预警数量上限")


def callback_rows(callbacks: tuple[Callback, ...], people: People) -> tuple[CallbackRow, ...]:
    """Return whom to ask, in the order of the result."""
    return tuple(
        CallbackRow(
            customer=people.customer(one.account_id),
            account_id=people.masked(one.account_id),
            reason=one.reason,
            chance=chance(one.inclusion_probability),
        )
        for one in callbacks[:MOST_CALLBACKS]
    )
