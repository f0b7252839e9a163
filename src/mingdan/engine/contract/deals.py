"""From the deal to the signed contract."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "opportunities",
        en="Deals",
        zh="商机",
        key="opportunity_id",
        visible_at="recorded_at created_at",
        stamps="closed_at: closed_at outcome=open loss_reason competitor winner_company_id",
        columns="""
            opportunity_id*                 id                    "商机编号|商机ID|机会编号|商机号|项目编号"
            created_at*                     timestamp             "创建时间|创建日期|建立时间|建档时间"
            outcome*                        enum(open, won, lost)  "结果|商机结果|赢单状态|商机状态|销售结果|状态"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            owner_id                        ->employees           "负责人|负责人编号|归属人|销售员|业务员|销售负责人"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            written_via                     enum(ui, api, import, mass)  "录入方式|写入方式"
            closed_at                       timestamp             "关闭时间|结单时间|结束时间|成交时间|结单日期|关闭日期|赢单日期"
            amount                          decimal               "金额|商机金额|预计金额|销售金额|预计销售金额|成交金额"
            currency                        text                  "币种|货币|币别|结算币种"
            product_line                    text                  "产品线|产品系列|产品类别|意向产品"
            source                          text                  "来源|商机来源|线索来源"
            loss_reason                     text                  "输单原因|丢单原因|失败原因"
            competitor                      text                  "竞争对手|竞品|友商"
            winner_company_id               ->companies           "中标企业编号|成交对手编号|中标方编号"
        """,
    ),
    declare(
        "stage_changes",
        en="Stage changes",
        zh="阶段变更",
        key="opportunity_id stage entered_at",
        visible_at="recorded_at entered_at",
        columns="""
            opportunity_id*                 ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            stage*                          enum(identification, contact, needs, solution, quotation, negotiation, signing, after_sales)  "阶段|销售阶段|商机阶段|变更后阶段"
            entered_at*                     timestamp             "进入时间|进入阶段时间|变更时间|阶段变更时间"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            changed_by                      ->employees           "变更人|修改人|操作人"
        """,
    ),
    declare(
        "quotes",
        en="Quotes",
        zh="报价",
        key="quote_id",
        visible_at="recorded_at sent_at",
        stamps="approved_at: approved_at approved_by",
        columns="""
            quote_id*                       id                    "报价单编号|报价单号|报价编号|报价单ID"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            employee_id*                    ->employees           "报价人|报价人编号|员工编号|销售员|业务员|工号"
            sent_at*                        timestamp             "报价时间|报价日期|发送时间|发出时间"
            net_amount*                     decimal               "报价金额|折后金额|成交金额|净额|报价总额"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            version                         integer               "版本|版本号|报价版本"
            list_amount                     decimal               "标准金额|折前金额|目录金额|原价合计"
            discount                        fraction              "折扣|折扣率|让利比例"
            approval_limit                  fraction              "折扣权限|审批权限|授权折扣|折扣上限"
            payment_days                    integer               "账期|账期天数|付款天数|信用天数"
            freight                         decimal               "运费|物流费"
            currency                        text                  "币种|货币|币别|结算币种"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            written_via                     enum(ui, api, import, mass)  "录入方式|写入方式"
            approved_by                     ->employees           "审批人|批准人|审批人编号"
            approved_at                     timestamp             "审批时间|批准时间|审批日期"
            document_hash                   text                  "文件哈希|文档指纹"
            recipient_domain                text                  "收件人域名|收件域名"
        """,
    ),
    declare(
        "quote_lines",
        en="Quote lines",
        zh="报价明细",
        key="quote_id product_id",
        visible_at="quotes",
        columns="""
            quote_id*                       ->quotes              "报价单编号|报价单号|报价编号|报价单ID"
            product_id*                     ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            quantity*                       decimal               "数量|报价数量"
            list_price                      decimal               "标准价|目录价|标价|原价|标准单价"
            net_price                       decimal               "单价|报价单价|折后价|折后单价|净价"
        """,
    ),
    declare(
        "products",
        en="Products",
        zh="产品",
        key="product_id",
        columns="""
            product_id*                     id                    "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            name                            text                  "产品名称|名称|品名|商品名称|物料名称"
            category                        text                  "产品类别|类别|分类|品类|产品分类"
            list_price                      decimal               "标准价|目录价|标价|原价|列表价"
            floor_price                     decimal               "底价|最低价|限价|最低限价"
            unit_cost                       decimal               "成本|单位成本|成本价|成本单价"
            currency                        text                  "币种|货币|币别|结算币种"
            consumable_for                  ->products            "适用设备|配套产品|耗材适用产品|适用机型"
            yearly_use                      decimal               "年用量|每台年用量|年耗量"
        """,
    ),
    declare(
        "approvals",
        en="Approvals",
        zh="审批",
        key="approval_id",
        visible_at="requested_at",
        stamps="decided_at: decided_at decided_by decision",
        columns="""
            approval_id*                    id                    "审批编号|审批单号|审批ID"
            object_kind*                    text                  "对象类型|单据类型"
            object_id*                      id                    "对象编号|单据编号|对象ID"
            requested_by                    ->employees           "申请人|发起人|提交人|申请人编号"
            requested_at                    timestamp             "申请时间|发起时间|提交时间"
            decided_by                      ->employees           "审批人|审批人编号"
            decided_at                      timestamp             "审批时间|审批日期|完成时间"
            decision                        enum(approved, rejected)  "审批结果|审批意见|结果"
        """,
    ),
    declare(
        "bypasses",
        en="Bypasses",
        zh="例外放行",
        key="bypass_id",
        visible_at="happened_at",
        columns="""
            bypass_id*                      id                    "例外编号|例外ID"
            happened_at*                    timestamp             "发生时间|时间|发生日期"
            employee_id                     ->employees           "员工编号|工号|员工ID|销售员编号|业务员编号|销售员|业务员|销售|负责人"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            object_kind                     text                  "对象类型|单据类型"
            object_id                       id                    "对象编号|单据编号|对象ID"
            kind                            enum(stage_skipped, approval_off, mass_update, import, api, override, back_dated)  "例外类型|类型"
            accepted_by                     ->employees           "批准人|接受人|放行人"
            reason                          text                  "原因|例外原因|说明"
        """,
    ),
    declare(
        "contracts",
        en="Contracts",
        zh="合同",
        key="contract_id",
        visible_at="recorded_at signed_at",
        columns="""
            contract_id*                    id                    "合同编号|合同号|合同ID"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            signed_at*                      timestamp             "签订日期|签约日期|签署日期|签订时间|签约时间|合同日期"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            employee_id                     ->employees           "签约人|业务员|销售员|负责人|员工编号|工号"
            amount                          decimal               "合同金额|金额|合同总额|总金额"
            currency                        text                  "币种|货币|币别|结算币种"
            counterparty_name               text                  "对方名称|对方单位|乙方|甲方名称|签约方|客户签约主体"
            counterparty_registration_no    text                  "对方信用代码|对方统一社会信用代码|对方税号"
            payee_name                      text                  "收款方|收款单位|收款人|收款户名"
            payee_bank_key                  key                   "收款账号|收款账户|收款银行账号"
            template_id                     id                    "模板编号|合同模板|模板"
            document_hash                   text                  "文件哈希|文档指纹"
        """,
    ),
)
