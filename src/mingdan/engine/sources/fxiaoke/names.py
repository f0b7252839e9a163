"""Fxiaoke's names: objects as its open interface calls them, and the labels of its Excel export."""

OBJECTS: dict[str, str] = {
    "LeadsObj": "销售线索",
    "AccountObj": "客户",
    "ContactObj": "联系人",
    "OpportunityObj": "商机",
    "NewOpportunityObj": "商机2.0",
    "QuoteObj": "报价单",
    "QuoteLinesObj": "报价单明细",
    "SalesOrderObj": "销售订单",
    "SalesOrderProductObj": "订单产品",
    "ContractObj": "合同",
    "PaymentObj": "回款",
    "ProductObj": "产品",
    "ActiveRecordObj": "销售记录",
    "TelesalesRecordObj": "电销记录",
    "ServiceRecordObj": "通话记录",
    "CheckinsObj": "高级外勤",
}

ACCOUNT_LABELS = {
    "客户名称": "name",
    "客户编号": "account_no",
    "客户类型": "account_level",
    "客户分类": "account_type",
    "客户来源": "account_source",
    "统一社会信用代码": "uniform_social_credit_code",
    "所属公海": "high_seas_id",
    "领取/分配时间": "claimed_time",
    "领取时间": "claimed_time",
    "最后跟进时间": "last_followed_time",
    "最后一次成交时间": "last_deal_closed_time",
    "生命状态": "life_status",
    "锁定状态": "lock_status",
    "业务类型": "record_type",
    "网址": "url",
    "负责人": "owner",
    "创建人": "created_by",
    "创建时间": "create_time",
    "电话": "tel",
    "邮件": "email",
    "行业": "industry",
    "详细地址": "address",
    "地址": "address",
    "省": "province",
    "市": "city",
    "区": "district",
}
"""Labels of the standard fields of a customer, which are the headings of the Excel export."""

SIGNS_OF_ACCOUNTS = ("客户编号", "生命状态", "锁定状态", "业务类型", "所属公海", "领取/分配时间")
"""Labels of which one beside 客户名称 tells an export of this vendor from any other list of customers."""

STANDARD_STAGES = {
    "验证客户": "identification",
    "初步接洽": "contact",
    "需求确定": "needs",
    "方案/报价": "quotation",
    "谈判审核": "negotiation",
}

RUNNING_STATES = ("进行中", "running", "active", "normal")
"""States of a deal that say no more than that it is open."""

LEAD_STATES = {
    "un_assigned": "new",
    "un_processed": "new",
    "未分配": "new",
    "待分配": "new",
    "待处理": "new",
    "未处理": "new",
    "processed": "working",
    "跟进中": "working",
    "已处理": "working",
    "transformed": "converted",
    "已转换": "converted",
    "closed": "invalid",
    "已关闭": "invalid",
    "无效": "invalid",
}

ACTIVITY_WORDS = (
    ("visit", "拜访|外勤|上门|visit"),
    ("call", "电话|通话|call"),
    ("email", "邮件|mail"),
    ("meeting", "会议|见面|面谈|meeting"),
    ("chat", "微信|企微|短信|聊天|chat"),
    ("demo", "演示|demo"),
    ("technical", "技术|测试|poc"),
)

LOG_WORDS = (
    ("merge", "合并|merge"),
    ("export", "导出|export"),
    ("print", "打印|print"),
    ("delete", "删除|作废|delete|invalid"),
    ("edit", "编辑|修改|更新|update|modify|edit"),
    ("view", "查看|view"),
)


def object_name(name: str) -> str | None:
    """Return the object that a file or a child table is called after, or None."""
    last = name.rpartition(".")[2]
    forms = {known.casefold(): known for known in OBJECTS} | {label: known for known, label in OBJECTS.items()}
    return forms.get(last.casefold())
