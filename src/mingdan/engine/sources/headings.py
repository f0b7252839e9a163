"""Words by which files and headings are recognised when a mapping is proposed."""

from mingdan.engine.tables import TABLES

FILE_WORDS: dict[str, str] = {
    "opportunities": "opportunit deal pipeline potential 商机 机会 项目",
    "orders": "order sale purchase transaction 订单 销售单 销售明细 出库 成交",
    "order_lines": "orderline orderitem lineitem 订单明细 订单产品 订单行",
    "accounts": "account customer client compan 客户",
    "contacts": "contact 联系人",
    "employees": "employee staff team user rep agent 员工 人员 花名册 销售团队",
    "products": "product item catalog 产品 商品 物料",
    "payments": "payment receipt 回款 收款 到账",
    "invoices": "invoice bill 发票 开票",
    "activities": "activit call visit followup meeting 跟进 拜访 活动 销售记录",
    "tickets": "ticket case service warranty 工单 报修 售后 维修",
    "contracts": "contract 合同",
    "leads": "lead 线索",
    "quotes": "quote quotation 报价",
}
"""Parts of file and sheet names, by the table that they speak of."""

HEADING_WORDS: dict[str, dict[str, str]] = {
    "opportunities": {
        "opportunity_id": "opportunityid dealid opportunity id 商机编号 商机id 商机号 项目编号 机会编号 编号",
        "created_at": "createdat created createddate creationdate engagedate opendate startdate 创建时间 创建日期 录入日期 立项日期 登记日期",
        "outcome": "outcome dealstage stage status result 结果 状态 商机状态 销售状态 阶段 销售阶段 商机阶段",
        "closed_at": "closedat closedate closingdate closeddate 关单日期 结单日期 成交日期 关闭日期 结束日期 赢单日期",
        "amount": "amount closevalue value dealvalue dealsize 金额 预计金额 商机金额 预计成交金额 项目金额",
        "product_line": "product productline 产品 产品线 产品类别",
        "source": "source leadsource 来源 商机来源 客户来源",
        "loss_reason": "lossreason reasonforloss lostreason 输单原因 丢单原因 失败原因",
        "competitor": "competitor 竞争对手 竞品",
    },
    "orders": {
        "order_id": "orderid orderno ordernumber sono 订单号 订单编号 单号 销售单号 单据编号 编号",
        "ordered_at": "orderdate orderedat date purchasedate saledate 下单日期 下单时间 订单日期 销售日期 单据日期 日期",
        "amount": "amount total value dollarvalue ordertotal totalamount sales price 订单金额 金额 总金额 销售额 合计 含税金额 价税合计",
        "payment_days": "paymentdays paymentterms 账期 付款天数",
        "ship_to": "shipto shippingaddress deliveryaddress 收货地址 送货地址",
    },
    "order_lines": {
        "order_id": "orderid orderno 订单号 订单编号 单号",
        "quantity": "quantity qty units 数量",
        "unit_price": "unitprice price 单价 含税单价 成交单价",
    },
    "accounts": {
        "account_id": "accountid customerid clientid id 客户编号 客户id 客户编码 客户代码 编号",
        "name": "name account accountname customer customername client company companyname 客户名称 客户 公司名称 单位名称 企业名称 名称",
        "registration_no": "registrationno taxid vat 统一社会信用代码 信用代码 税号",
        "segment": "segment level tier 客户级别 客户等级 客户类型 等级",
        "industry": "industry sector 行业 所属行业",
        "region": "region territory country officelocation province 区域 地区 省份 省 大区",
        "created_at": "createdat created createddate 创建时间 创建日期 建档日期 录入日期",
        "phone": "phone telephone mobile tel 电话 联系电话 手机 公司电话",
        "address": "address 地址 详细地址 公司地址",
    },
    "contacts": {
        "contact_id": "contactid id 联系人编号 编号",
        "name": "name fullname contact contactname 姓名 联系人 联系人姓名",
        "title": "title jobtitle position 职务 职位",
        "phone": "phone mobile tel 手机 电话 联系电话 手机号",
        "email": "email mail 邮箱 电子邮件",
        "created_at": "createdat created 创建时间 创建日期",
    },
    "employees": {
        "employee_id": "employeeid userid staffid id 员工编号 工号 员工号 编号",
        "name": "name fullname employee salesagent salesperson rep salesrep agent 姓名 员工姓名 销售 销售员 业务员",
        "team_id": "team teamid department 团队 部门 小组",
        "region": "region office regionaloffice territory 区域 大区 办事处",
        "hired_date": "hiredate hired startdate 入职日期 入职时间",
        "left_date": "leftdate leavingdate terminationdate 离职日期",
        "phone": "phone mobile 手机 电话 手机号",
        "email": "email 邮箱",
    },
    "products": {
        "product_id": "productid sku productcode itemno id 产品编号 产品编码 物料编码 商品编码 编号",
        "name": "name product productname item 产品名称 产品 商品名称 物料名称 名称",
        "category": "category series productseries family 类别 产品类别 系列 分类",
        "list_price": "listprice salesprice price unitprice 标准价 目录价 单价 价格 售价",
        "unit_cost": "unitcost cost 成本 单位成本",
        "floor_price": "floorprice minprice 底价 最低价",
    },
    "payments": {
        "payment_id": "paymentid receiptid id 回款编号 收款单号 流水号 编号",
        "received_at": "receivedat paymentdate receiptdate date 回款日期 收款日期 到账日期 日期",
        "amount": "amount value 回款金额 收款金额 到账金额 金额",
        "payer": "payer payername 付款人 付款方 付款单位",
        "payee_bank": "payeeaccount bankaccount 收款账号 收款账户",
        "channel": "channel method paymentmethod 付款方式 回款方式 支付方式",
    },
    "invoices": {
        "invoice_id": "invoiceid invoiceno invoicenumber id 发票号 发票号码 发票编号",
        "issued_at": "issuedat invoicedate date 开票日期 发票日期 日期",
        "amount": "amount total 开票金额 发票金额 金额 价税合计",
        "buyer_name": "buyer buyername billto 购方名称 购买方 发票抬头 抬头",
    },
    "activities": {
        "activity_id": "activityid id 记录编号 编号",
        "kind": "kind type activitytype 类型 跟进方式 活动类型 跟进类型",
        "happened_at": "happenedat date activitydate visitdate 跟进时间 跟进日期 拜访日期 活动时间 日期 时间",
        "text": "text notes description content 内容 跟进内容 跟进记录 备注 拜访内容",
    },
    "tickets": {
        "ticket_id": "ticketid caseid id 工单号 工单编号 编号",
        "opened_at": "openedat created date 报修日期 创建时间 受理时间 登记日期 日期",
        "serial_no": "serialno serial sn 序列号 机身号 设备编号",
        "phone": "phone tel 电话 联系电话",
        "text": "text description issue 问题描述 故障描述 内容",
    },
    "contracts": {
        "contract_id": "contractid contractno id 合同编号 合同号 编号",
        "signed_at": "signedat signdate date 签订日期 签约日期 签署日期 合同日期",
        "amount": "amount value 合同金额 金额",
        "counterparty_name": "counterparty 对方单位 甲方 签约方 合同对方",
    },
    "leads": {
        "lead_id": "leadid id 线索编号 编号",
        "created_at": "createdat created date 创建时间 创建日期 录入日期",
        "source": "source leadsource 来源 线索来源",
        "company_name": "company companyname 公司 公司名称 客户名称",
        "phone": "phone mobile 电话 手机 联系电话",
    },
    "quotes": {
        "quote_id": "quoteid quoteno id 报价单号 报价编号 编号",
        "sent_at": "sentat quotedate date 报价日期 发送日期 日期",
        "net_amount": "amount total netamount 报价金额 金额 总价",
        "discount": "discount 折扣 折扣率",
    },
}
"""Headings by table and column, without spaces and case; the earlier ones fit better."""

REFERENCE_WORDS: dict[str, str] = {
    "accounts": "account accountid accountname customer customerid customername client company 客户 客户名称 客户编号 公司名称 单位名称 所属客户",
    "employees": "owner salesagent salesperson salesrep rep agent employee seller 负责人 销售 业务员 销售员 客户经理 跟进人 所属销售 销售人员 拜访人",
    "managers": "manager supervisor 上级 直属上级 经理 主管 部门经理",
    "products": "product productid productname sku item 产品 产品名称 产品编号 商品 物料",
    "opportunities": "opportunity opportunityid deal dealid 商机 商机编号 所属商机",
    "orders": "order orderid orderno 订单 订单号 订单编号 关联订单",
    "contacts": "contact contactid 联系人",
}
"""Headings of references, by the table that they refer to (`managers` are employees)."""

OUTCOME_WORDS = (
    ("lost", "lost lose dead 输单 丢单 失败 流失 无效 作废 落标"),
    ("won", "won win 赢单 成交 成功 中标 已签"),
)
ACTIVITY_WORDS = (
    ("call", "call phone 电话"),
    ("email", "mail 邮件"),
    ("visit", "visit 拜访 外勤 上门"),
    ("meeting", "meeting 会议"),
    ("chat", "chat wechat 微信"),
    ("demo", "demo 演示"),
)


def heading_words(table: str, column: str) -> list[str]:
    """Return the words for a column, the labels of the contract among them."""
    declared = next(one for one in TABLES[table].columns if column in (one.name, one.plain_name))
    own = HEADING_WORDS.get(table, {}).get(column, "").split()
    return list(
        dict.fromkeys([*own, *("".join(label.lower().split()) for label in declared.labels), column.replace("_", "")])
    )


def fit(form: str, words: list[str]) -> float:
    """Return how well a heading fits words: 1 for the first of them, a little less for later ones, about .5 for a part."""
    if form in words:
        return 1.0 - 0.2 * words.index(form) / len(words)
    parts = [word for word in words if len(word) >= (2 if not word.isascii() else 4) and word in form]
    return 0.5 if parts else 0.0
