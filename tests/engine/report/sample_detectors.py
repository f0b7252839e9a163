"""Detectors of the sample report: what they say is real prose, what they would compute is not asked here."""

from typing import Any

from mingdan.engine.detector import Detector, Innocent
from mingdan.engine.detectors import payee_not_company
from mingdan.engine.findings import Family, Text


def detector(
    code: str,
    family: Family,
    strength: str,
    title: tuple[str, str],
    question: tuple[str, str],
    sentence: tuple[str, str],
    next_step: tuple[str, str],
    innocent: tuple[tuple[str, str, str], ...],
) -> Detector[Any]:
    return Detector(
        code=code,
        version=1,
        design="T1",
        family=family,
        strength=strength,
        title=Text(*title),
        question=Text(*question),
        sentence=Text(*sentence),
        next_step=Text(*next_step),
        method=Text("Compared with comparable customers.", "与同类客户比较。"),
        reads={"orders": ("account_id",)},
        parameters=None,
        find=lambda _tables, _parameters: [],
        innocent_explanations=tuple(Innocent(name, Text(en, zh)) for name, en, zh in innocent),
        wakes_on=(),
        examples=(),
    )


CYCLE = detector(
    "broken-purchase-cycle",
    "repurchase",
    "W3",
    ("Broken purchase cycle", "采购节奏中断"),
    ("Has a regular customer stopped buying although the need goes on?", "规律采购的客户是否在需求仍在时停止了采购?"),
    (
        "{customer} bought about every {cycle:days} days and has been silent for {silent:days}; that is {times:times} times its own rhythm.",
        "{customer} 约每 {cycle:days} 天采购一次,现已静默 {silent:days} 天,是其自身节奏的 {times:times} 倍。",
    ),
    ("Ask the customer whom it buys this product from now.", "询问客户现在从哪里购买该产品。"),
    (
        ("closed", "the plant was closed or moved", "工厂关闭或搬迁"),
        ("stock", "the product was out of stock", "产品缺货"),
        ("tender", "the purchase was put out to tender", "采购转为招标"),
    ),
)
PAYER = detector(
    "third-party-payer",
    "money",
    "W4",
    ("Third-party payer", "第三方付款"),
    (
        "Does somebody other than the customer pay, and the same for several customers?",
        "是否由客户以外的同一方为多家客户付款?",
    ),
    (
        "{payments:count} receipts over {amount:money} for {customer} came from {payer}, who also pays for {others:count} other customers of {salesperson}.",
        "{customer} 的 {payments:count} 笔回款(共 {amount:money})由 {payer} 支付,该付款方还为 {salesperson} 的另外 {others:count} 家客户付款。",
    ),
    (
        "Ask finance for the bank receipts and the customer for its agency payment letter.",
        "向财务调取银行回单,并请客户提供代付委托书。",
    ),
    (
        ("treasury", "a group treasury pays", "集团资金池付款"),
        ("factoring", "the claim was sold to a factor", "应收账款已保理"),
        ("agency", "an agency payment letter is on file", "已备案代付委托书"),
    ),
)
PHONE = detector(
    "shared-identifier",
    "entity",
    "W4",
    ("Shared phone, address or bank account", "电话、地址或账户相同"),
    ("Does an outside firm share an identifier with one of our people?", "外部公司是否与本公司人员共用标识?"),
    (
        "{company} shares its {what} with {salesperson}; {holders:count} parties in the trail hold it.",
        "{company} 与 {salesperson} 的{what}相同,数据中共有 {holders:count} 方使用该标识。",
    ),
    ("Look up the firm's holders and officers in the public register.", "在工商登记中查询该公司的股东与高管。"),
    (
        ("agent", "an address or number of a registration agent", "代理注册机构的地址或号码"),
        ("declared", "the interest was declared and approved", "利益关系已申报并获批准"),
    ),
)
LOSS = detector(
    "late-stage-loss",
    "pipeline",
    "W2",
    ("Late-stage losses", "后期丢单偏多"),
    ("Are more deals lost after the quote than comparable deals?", "报价后丢单是否多于同类商机?"),
    (
        "{lost:count} of {late:count} deals of {salesperson} were lost after the quote; {expected:times} were to be expected.",
        "{salesperson} 的 {late:count} 个商机中有 {lost:count} 个在报价后丢失,预期为 {expected:times} 个。",
    ),
    ("Call back three of the lost customers.", "回访其中三家丢单客户。"),
    (
        ("rival", "a strong local competitor", "当地有强劲竞争对手"),
        ("price-rise", "a price rise in the period", "期间提价"),
    ),
)
PRICE = detector(
    "residual-low-price",
    "price",
    "W3",
    ("Price below comparable deals", "价格低于同类"),
    ("Is the price lower than product, quantity and customer explain?", "价格是否低于产品、数量和客户所能解释的水平?"),
    (
        "{customer} paid {price:money} for {product}; comparable customers paid {peers:money} ({gap:percent} more).",
        "{customer} 购买 {product} 的单价为 {price:money},同类客户为 {peers:money}(高 {gap:percent})。",
    ),
    ("Ask who approved the price and on what ground.", "核实价格由谁批准、依据为何。"),
    (
        ("frame", "a frame contract sets the price", "框架合同约定价格"),
        ("program", "a pricing programme applies", "适用价格政策"),
    ),
)
CHAIN = detector(
    "sham-intermediary",
    "chain",
    "W4",
    ("Middleman without a role", "无实际作用的中间商"),
    (
        "Did a new middleman step between us and a customer who bought directly before?",
        "原本直接采购的客户与我们之间,是否插入了新的中间商?",
    ),
    (
        "{customer} bought directly until {day:day}; since then {company}, founded {founded:day}, buys the same products and ships to the same address.",
        "{customer} 直接采购至 {day:day};此后由 {company}({founded:day} 成立)购买相同产品,并送往同一地址。",
    ),
    (
        "Compare the middleman's price with the end customer's own purchase contract.",
        "将中间商价格与最终客户的采购合同比对。",
    ),
    (
        ("dealer", "an approved distributor took over", "由经批准的经销商接手"),
        ("policy", "an announced channel policy", "已公布的渠道政策"),
    ),
)
SERVICE = detector(
    "service-without-sale",
    "service",
    "W5",
    ("Service for a serial sold elsewhere", "报修序列号非售予该客户"),
    ("Does a customer ask for service on a unit that we never sold there?", "客户是否为我们从未售予其的设备报修?"),
    (
        "{customer} opened ticket {ticket} on {day:day} for serial {serial}, which our books show as delivered to {buyer}.",
        "{customer} 于 {day:day} 为序列号 {serial} 报修(工单 {ticket}),账上该设备发往 {buyer}。",
    ),
    ("Ask the customer for the delivery note of that unit.", "请客户提供该设备的送货单。"),
    (("used", "bought second-hand", "二手购入"), ("group", "moved within a group", "集团内调拨")),
)
EXPORT = detector(
    "export-spike",
    "access",
    "W3",
    ("Unusual export of customers", "异常导出客户资料"),
    ("Did somebody export far more customers than usual?", "是否有人导出的客户远多于平常?"),
    (
        "{salesperson} exported {rows:count} customer records on {day:day}, {times:times} times the usual.",
        "{salesperson} 于 {day:day} 导出 {rows:count} 条客户记录,是平常的 {times:times} 倍。",
    ),
    ("Ask what the export was for.", "询问导出用途。"),
    (("migration", "a data migration or a trade fair", "数据迁移或展会"),),
)
VOICE = detector(
    "customer-names-supplier",
    "voice",
    "W4",
    ("The customer names another supplier", "客户称由他处供货"),
    (
        "Does a customer say that the goods came from another firm through our salesperson?",
        "客户是否称货物经本公司销售员由其他公司供应?",
    ),
    (
        "In call-back {callback} of {day:day} {customer} said the goods came from {company}.",
        "在 {day:day} 的回访 {callback} 中,{customer} 称货物来自 {company}。",
    ),
    ("Ask the customer for the contract with that firm.", "请客户提供与该公司的合同。"),
    (("mixed-up", "the customer mixed up two suppliers", "客户混淆了两家供应商"),),
)
SILENT = detector(
    "silent-deal",
    "pipeline",
    "W2",
    ("Deal went silent", "商机沉默"),
    ("Does a live deal go without any contact?", "在途商机是否长期无任何联系?"),
    ("Deal {deal} has had no contact for {silent:days} days.", "商机 {deal} 已 {silent:days} 天没有任何联系。"),
    ("Ask for the state of the deal.", "询问商机进展。"),
    (("leave", "the salesperson was on leave", "销售员休假"),),
)

SAMPLE_DETECTORS = (payee_not_company.DETECTOR, CYCLE, PAYER, PHONE, LOSS, PRICE, CHAIN, SERVICE, EXPORT, VOICE, SILENT)
