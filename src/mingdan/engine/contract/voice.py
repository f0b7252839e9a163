"""What customers say and ask for."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "tickets",
        en="Tickets",
        zh="服务工单",
        key="ticket_id",
        visible_at="opened_at",
        columns="""
            ticket_id*                      id                    "工单编号|工单号|服务单号|报修单号"
            opened_at*                      timestamp             "创建时间|受理时间|报修时间|提交时间|报修日期"
            kind                            enum(warranty, repair, consumable, installation, question, complaint)  "工单类型|服务类型|类型"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            order_id                        ->orders              "订单编号|订单号|订单ID|单号|销售订单号"
            product_id                      ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            serial_no                       text                  "序列号|设备序列号|机身号|SN"
            phone_key                       key                   "联系电话|来电号码|报修电话|电话|手机号"
            text                            text                  "问题描述|故障描述|内容|描述"
        """,
    ),
    declare(
        "callbacks",
        en="Call-backs",
        zh="回访",
        key="callback_id",
        visible_at="called_at",
        columns="""
            callback_id*                    id                    "回访编号|回访单号"
            called_at*                      timestamp             "回访时间|回访日期"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            lead_id                         ->leads               "线索编号|线索ID"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            stated_date                     date                  "客户所述日期|客户称购买日期"
            random                          boolean               "是否随机|随机抽取|随机回访"
            inclusion_probability           fraction              "抽取概率|入样概率"
            reached                         boolean               "是否接通|接通|已接通"
            bought_elsewhere                boolean               "是否另购|已从他处购买|他处购买"
            supplier_company_id             ->companies           "供货企业编号|供应商编号"
            supplier_name                   text                  "供货商|供货企业|供应商名称|供应商"
            mentions_employee_id            ->employees           "提及员工|提及员工编号"
        """,
    ),
    declare(
        "survey_responses",
        en="Survey answers",
        zh="问卷答复",
        key="response_id",
        visible_at="answered_at",
        columns="""
            response_id*                    id                    "答卷编号|问卷编号|答复编号"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            answered_at*                    timestamp             "答复时间|填写时间|提交时间|作答时间"
            kind                            text                  "问卷类型|调查类型|类型"
            score                           integer               "评分|得分|分数|满意度"
            employee_id                     ->employees           "员工编号|工号|员工ID|销售员编号|业务员编号|销售员|业务员|销售|负责人"
            comment                         text                  "意见|评语|备注|建议"
        """,
    ),
    declare(
        "complaints",
        en="Complaints",
        zh="投诉",
        key="complaint_id",
        visible_at="opened_at",
        columns="""
            complaint_id*                   id                    "投诉编号|投诉单号"
            opened_at*                      timestamp             "投诉时间|受理时间|投诉日期"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            about_employee_id               ->employees           "涉及员工|被投诉员工|涉及员工编号|被举报人编号"
            category                        text                  "投诉类别|投诉类型|类别"
            text                            text                  "投诉内容|内容|描述"
        """,
    ),
    declare(
        "tips",
        en="Tips",
        zh="举报",
        key="tip_id",
        visible_at="received_at",
        columns="""
            tip_id*                         id                    "举报编号|举报单号"
            received_at*                    timestamp             "收到时间|举报时间|接收时间"
            channel                         text                  "举报渠道|渠道|来源"
            about_employee_id               ->employees           "涉及员工|被投诉员工|涉及员工编号|被举报人编号"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
        """,
    ),
)
