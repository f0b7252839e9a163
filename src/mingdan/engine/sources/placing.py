"""Which table and which columns of the contract a file means by its name and headings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from mingdan.engine.reading.raw import RawTable
from mingdan.engine.schema import Column, Table
from mingdan.engine.sources.sheets import heading_form
from mingdan.engine.tables import TABLES

_OTHER_NAMES = {
    "company_profile": "本公司信息 公司信息 company",
    "employees": "员工表 人员 花名册 员工花名册 销售人员 staff users 用户",
    "leaves": "请假 请假记录 休假记录 考勤",
    "declared_interests": "利益冲突申报 申报",
    "leads": "销售线索 线索池",
    "accounts": "客户档案 客户资料 客户信息 客户管理",
    "owner_changes": "客户变更 负责人变更 归属变更 客户转移记录",
    "contacts": "客户联系人",
    "field_changes": "修改记录 字段修改记录 变更记录 修改日志",
    "opportunities": "销售机会 商机管理 机会",
    "stage_changes": "阶段推进 商机阶段 阶段历史 商机阶段变更",
    "quotes": "报价单 quotations",
    "quote_lines": "报价单明细 报价产品 报价单产品",
    "products": "物料 商品 产品目录 价目表",
    "approvals": "审批记录",
    "bypasses": "例外 例外记录 流程例外",
    "contracts": "销售合同 合同台账",
    "orders": "销售订单 订单表 sales",
    "order_lines": "销售订单明细 订单产品 订单行 order_items",
    "shipments": "发货单 发货记录 出库单",
    "invoices": "开票 开票记录 销售发票",
    "payments": "收款 回款记录 收款单 回款单 receipts",
    "company_bank_accounts": "银行账户 收款账户 公司账户",
    "balance_confirmations": "对账 询证函 对账单",
    "expenses": "费用报销 报销 报销单",
    "samples": "样品记录 借样",
    "activities": "跟进记录 拜访记录 外勤记录 活动记录 销售记录",
    "calls": "通话记录",
    "emails": "邮件记录",
    "messages": "聊天记录 会话存档",
    "channel_events": "好友变更 外部联系人事件",
    "tickets": "工单 服务单 售后工单",
    "callbacks": "回访记录",
    "survey_responses": "问卷 满意度调查",
    "complaints": "投诉记录",
    "tips": "举报记录",
    "access_events": "操作日志 登录日志 访问日志",
    "export_rows": "导出明细",
    "companies": "企业信息 工商信息 企业库",
    "company_people": "股东高管 企业人员信息 股东信息",
    "distributors": "经销商 授权代理商 代理商",
    "context_events": "背景事件",
}
_AROUND_A_NAME = re.compile(r"(导出|导入|数据|列表|清单|表|exported|export|data|list|report|all)+$|^(导出|export)")
_NUMBERED = re.compile(r"([(（]?[\d年月日.]+[)）]?(副本|copy)?)+$|^[\d年月日.]+")
_IN_BRACKETS = re.compile(r"^(.+?)\s*[(（\[【]\s*(.*?)\s*[)）\]】]$")
_ROW_ID_WORDS = ("id", "编号", "记录编号", "唯一标识")
_UNITS = {"万元": "万", "万": "万", "亿元": "亿", "%": "%", "％": "%", "百分比": "%"}
_LEAST_HEADINGS = 3


@dataclass(frozen=True)
class Taken:
    """A heading that stands for a column (or for its plain value); `unit` is written behind each number."""

    heading: str
    unit: str = ""


@dataclass(frozen=True)
class Placed:
    """A raw table taken for a table of the contract, its headings by the column they stand for."""

    raw: RawTable
    table: Table
    columns: Mapping[str, Taken]

    @property
    def missing(self) -> list[Column]:
        """The required columns for which there is no heading."""
        return [column for column in self.table.columns if column.required and not self._brings(column)]

    @property
    def unknown(self) -> list[str]:
        """The headings that stand for no column."""
        taken = {one.heading for one in self.columns.values()}
        return [heading for heading in self.raw.columns if heading not in taken]

    def _brings(self, column: Column) -> bool:
        return column.name in self.columns or (column.plain_name is not None and column.plain_name in self.columns)


def place(raw: RawTable) -> Placed | None:
    """Return which table of the contract a raw table is, by its name or else by its headings; None if by neither."""
    table = _by_name(raw)
    if table is not None:
        return Placed(raw, table, columns_of(table, raw.columns))
    return _by_headings(raw)


def columns_of(table: Table, headings: Sequence[str]) -> dict[str, Taken]:
    """Return the headings by the column they stand for.

    Names of the contract count before labels, and of two headings for one column the first is taken.
    """
    found: dict[str, Taken] = {}
    for known in (_names, _labels, _row_id_words):
        words = known(table.name)
        for heading in headings:
            taken, target = _matched(words, heading)
            if target and target not in found and heading not in {one.heading for one in found.values()}:
                found[target] = taken
    return found


def _matched(words: Mapping[str, str], heading: str) -> tuple[Taken, str | None]:
    target = words.get(heading_form(heading))
    parts = _IN_BRACKETS.match(heading)
    if target or parts is None:
        return Taken(heading), target
    return Taken(heading, _UNITS.get(parts[2], "")), words.get(heading_form(parts[1]))


@cache
def _names(table: str) -> dict[str, str]:
    """Return the contract's names and plain names; `id` alone is no ID number, but the id of the row."""
    words = {heading_form(column.name): column.name for column in TABLES[table].columns}
    for column in TABLES[table].columns:
        if column.plain_name and column.plain_name != "id":
            words.setdefault(heading_form(column.plain_name), column.plain_name)
    return words


@cache
def _labels(table: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for column in TABLES[table].columns:
        for label in column.labels:
            words.setdefault(heading_form(label), column.plain_name or column.name)
    return words


@cache
def _row_id_words(table: str) -> dict[str, str]:
    declared = TABLES[table]
    return dict.fromkeys(_ROW_ID_WORDS, declared.key[0]) if declared.has_row_id else {}


def _by_name(raw: RawTable) -> Table | None:
    """Find the table by the sheet's or file's name, else by the folder the file lies in."""
    for name in (raw.name, *reversed(PurePath(raw.file).parts[:-1])):
        for form in _forms(heading_form(name)):
            if form in _table_names():
                return TABLES[_table_names()[form]]
    return None


def _forms(form: str) -> list[str]:
    """Return a name as it is, then without numbers and dates, then without words like `list` or `export`."""
    forms = [form]
    for ending in (_NUMBERED, _AROUND_A_NAME, _NUMBERED):
        form = ending.sub("", form).strip(" .-_")
        forms.append(form)
    return [form for form in dict.fromkeys(forms) if form]


@cache
def _table_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for table in TABLES.values():
        for name in (table.name, table.zh, table.en, *_OTHER_NAMES[table.name].split()):
            names.setdefault(heading_form(name), table.name)
    return names


def _by_headings(raw: RawTable) -> Placed | None:
    """Find the one table whose required columns all stand in the file under the contract's own names."""
    headings = {heading_form(heading) for heading in raw.columns}
    fitting = []
    for table in TABLES.values():
        required = {heading_form(column.name) for column in table.columns if column.required}
        if len(required) >= 2 and required <= headings:
            fitting.append(Placed(raw, table, columns_of(table, raw.columns)))
    fitting.sort(key=lambda placed: -len(placed.columns))
    if not fitting or len(fitting[0].columns) < _LEAST_HEADINGS:
        return None
    if len(fitting) > 1 and len(fitting[0].columns) == len(fitting[1].columns):
        return None
    return fitting[0]
