"""From the order to the money."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "orders",
        en="Orders",
        zh="订单",
        key="order_id",
        visible_at="recorded_at ordered_at",
        columns="""
            order_id*                       id                    "订单编号|订单号|订单ID|单号|销售订单号"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            ordered_at*                     timestamp             "下单时间|下单日期|订单日期|订单时间|订货日期|成交日期"
            amount*                         decimal               "订单金额|金额|订单总额|总金额|成交金额|含税金额"
            employee_id                     ->employees           "业务员|销售员|负责人|销售|员工编号|工号|业务员编号|销售员编号"
            currency                        text                  "币种|货币|币别|结算币种"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            written_via                     enum(ui, api, import, mass)  "录入方式|写入方式"
            payment_days                    integer               "账期|账期天数|付款天数|信用天数"
            contract_id                     ->contracts           "合同编号|合同号"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            ship_to_key                     key                   "收货地址|送货地址|发货地址"
            ship_to_area                    text                  "收货地区|收货省市|收货区域|省市区"
            consignee_key                   key                   "收货人|收件人|签收人"
            pricing_program                 text                  "价格政策|促销方案|价格方案|特价方案"
        """,
    ),
    declare(
        "order_lines",
        en="Order lines",
        zh="订单明细",
        key="order_id product_id",
        visible_at="orders",
        columns="""
            order_id*                       ->orders              "订单编号|订单号|订单ID|单号|销售订单号"
            product_id*                     ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            quantity*                       decimal               "数量|件数|购买数量"
            unit_price*                     decimal               "单价|成交单价|含税单价|销售单价|折后单价"
        """,
    ),
    declare(
        "shipments",
        en="Shipments",
        zh="发货",
        key="shipment_id",
        visible_at="shipped_at",
        columns="""
            shipment_id*                    id                    "发货单号|发货编号|出库单号|运单号"
            order_id*                       ->orders              "订单编号|订单号|订单ID|单号|销售订单号"
            shipped_at*                     timestamp             "发货时间|发货日期|出库日期|出库时间"
            product_id                      ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            serial_no                       text                  "序列号|设备序列号|机身号|SN"
        """,
    ),
    declare(
        "invoices",
        en="Invoices",
        zh="发票",
        key="invoice_id",
        visible_at="issued_at",
        columns="""
            invoice_id*                     id                    "发票编号|发票号|发票号码|发票ID"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            issued_at*                      timestamp             "开票日期|开票时间|发票日期"
            amount*                         decimal               "发票金额|开票金额|金额|价税合计"
            currency                        text                  "币种|货币|币别|结算币种"
            order_id                        ->orders              "订单编号|订单号|订单ID|单号|销售订单号"
            buyer_name                      text                  "购买方名称|购方名称|抬头|发票抬头|购买方"
            buyer_registration_no           text                  "购买方税号|购方税号|购买方纳税人识别号|购买方信用代码"
        """,
    ),
    declare(
        "payments",
        en="Receipts",
        zh="回款",
        key="payment_id",
        visible_at="received_at",
        stamps="posted_at: posted_at posted_by",
        columns="""
            payment_id*                     id                    "回款编号|收款编号|收款单号|回款单号|流水号"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            received_at*                    timestamp             "回款日期|回款时间|到账日期|到账时间|收款日期|收款时间"
            amount*                         decimal               "回款金额|收款金额|到账金额|金额"
            currency                        text                  "币种|货币|币别|结算币种"
            order_id                        ->orders              "订单编号|订单号|订单ID|单号|销售订单号"
            invoice_id                      ->invoices            "发票编号|发票号|发票号码|发票ID"
            payer_name                      text                  "付款人|付款方|付款单位|付款户名|对方户名|汇款人"
            payer_key                       key                   "付款人证件号|付款方信用代码|付款方证件号"
            payer_bank_key                  key                   "付款账号|付款方账号|对方账号|付款银行账号"
            payee_bank_key                  key                   "收款账号|收款方账号|本方账号|入账账号"
            channel                         text                  "付款方式|收款方式|支付方式|回款方式|渠道"
            posted_at                       timestamp             "入账时间|入账日期|过账日期|记账日期"
            posted_by                       ->employees           "入账人|过账人|记账人"
            collected_by                    ->employees           "收款人|催收人|经手人|经办人"
        """,
    ),
    declare(
        "company_bank_accounts",
        en="Our bank accounts",
        zh="本公司银行账户",
        key="bank_key valid_from_date",
        columns="""
            bank_key*                       key                   "银行账号|账号|银行账户|收款账号"
            name                            text                  "户名|账户名称|开户名称"
            valid_from_date                 date                  "启用日期|生效日期|开户日期"
            valid_to_date                   date                  "停用日期|失效日期|销户日期"
        """,
    ),
    declare(
        "balance_confirmations",
        en="Balance confirmations",
        zh="余额询证",
        key="account_id as_of_date",
        visible_at="as_of_date",
        columns="""
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            as_of_date*                     date                  "对账日期|截止日期|基准日|询证基准日"
            our_balance                     decimal               "我方余额|账面余额|本方余额"
            their_balance                   decimal               "对方余额|回函余额|客户确认余额"
            status                          enum(agreed, differs, no_reply)  "状态|回函状态|对账结果"
        """,
    ),
    declare(
        "expenses",
        en="Expenses",
        zh="费用",
        key="expense_id",
        visible_at="spent_at",
        columns="""
            expense_id*                     id                    "报销单号|费用编号|报销编号"
            employee_id*                    ->employees           "报销人|报销人编号|员工编号|工号|申请人"
            spent_at*                       timestamp             "费用日期|发生日期|消费日期|发生时间"
            amount*                         decimal               "报销金额|费用金额|金额"
            currency                        text                  "币种|货币|币别|结算币种"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            kind                            text                  "费用类型|费用类别|类型|科目"
        """,
    ),
    declare(
        "samples",
        en="Samples",
        zh="样品",
        key="sample_id",
        visible_at="sent_at",
        stamps="returned_at: returned_at",
        columns="""
            sample_id*                      id                    "样品编号|样品单号|借样单号"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            employee_id*                    ->employees           "申请人|领用人|业务员|员工编号|工号"
            sent_at*                        timestamp             "寄出时间|寄样日期|发出时间|借出日期|寄出日期"
            product_id                      ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            quantity                        decimal               "数量|件数|购买数量"
            returned_at                     timestamp             "归还时间|归还日期|退回日期"
        """,
    ),
)
