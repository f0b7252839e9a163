"""The rules of procedure that deals are held to, each with the columns without which it cannot be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mingdan.engine.findings import Text
from mingdan.engine.methods.declare import Constraint
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Rule:
    """A rule, how a breach reads in a sentence, what it needs, and whether a frame contract may explain a breach."""

    constraint: Constraint
    breach: Text
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_frame: bool = False

    def can_be_asked(self, tables: Tables) -> bool:
        return all(tables.has(table, *columns) for table, columns in self.needs.items())


def _before(a: str, b: str, en: str, zh: str, needs: Mapping[str, tuple[str, ...]], *, by_frame: bool = False) -> Rule:
    return Rule(Constraint("precedence", a, b), Text(en, zh), needs, by_frame)


def _stage(a: str, b: str, zh_a: str, zh_b: str) -> Rule:
    en, zh = f"the stage {b} was entered without {a} before", f"未经“{zh_a}”阶段即进入“{zh_b}”阶段"
    return _before(a, b, en, zh, {"stage_changes": ()})


RULES = (
    _before(
        "contract", "shipment", "goods were shipped without a contract signed before", "未签合同即已发货",
        {"contracts": (), "shipments": ()}, by_frame=True,
    ),
    _before(
        "order", "shipment", "goods were shipped before the order was placed", "发货早于下单",
        {"orders": (), "shipments": ()}, by_frame=True,
    ),
    _before(
        "order", "invoice", "an invoice was issued before the order was placed", "开票早于下单",
        {"orders": (), "invoices": ("order_id",)}, by_frame=True,
    ),
    _before(
        "order", "payment", "money was received before the order was placed", "收款早于下单",
        {"orders": (), "payments": ("order_id",)}, by_frame=True,
    ),
    _before(
        "approval", "quote beyond limit",
        "a quote beyond the sender's own limit went out without an approval before", "超权限报价未经批准即已发出",
        {"quotes": ("opportunity_id", "discount", "approval_limit", "approved_at")},
    ),
    Rule(
        Constraint("not_co_existence", "approval", "own approval"),
        Text("the one who asked for an approval gave it", "申请人与批准人为同一人"),
        {"quotes": ("opportunity_id",)},
    ),
    Rule(
        Constraint("responded_existence", "contract", "quote"),
        Text("a contract was signed on a deal that has no quote", "商机没有任何报价却已签订合同"),
        {"contracts": ("opportunity_id",), "quotes": ("opportunity_id",)},
        by_frame=True,
    ),
    Rule(
        Constraint("not_co_existence", "contract", "contract without template"),
        Text("a contract was not written on a registered template", "合同未使用登记的模板"),
        {"contracts": ("opportunity_id", "template_id")},
    ),
    Rule(
        Constraint("response", "quote", "outcome", within=60),
        Text("a quote had no outcome within 60 days", "报价后 60 天内没有结果"),
        {"quotes": ("opportunity_id",), "opportunities": ("closed_at",)},
    ),
    Rule(
        Constraint("response", "shipment", "invoice", within=90),
        Text("goods were shipped and not invoiced within 90 days", "发货后 90 天内未开票"),
        {"shipments": (), "invoices": ("order_id",)},
    ),
    _stage("contact", "needs", "初步接触", "需求确认"),
    _stage("needs", "solution", "需求确认", "方案"),
    _stage("solution", "quotation", "方案", "报价"),
    _stage("quotation", "negotiation", "报价", "谈判"),
    _stage("negotiation", "signing", "谈判", "签约"),
)  # fmt: skip
