"""Who looked at what, the outside register, and the innocent causes."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "access_events",
        en="Access events",
        zh="访问记录",
        key="event_id",
        visible_at="happened_at",
        columns="""
            event_id*                       id                    "事件编号|日志编号|事件ID|日志ID"
            employee_id*                    ->employees           "操作人|用户|员工编号|工号|操作人编号"
            happened_at*                    timestamp             "操作时间|时间|发生时间|访问时间"
            action*                         enum(login, view, search, export, print, download, edit, delete, merge)  "操作|操作类型|动作|行为"
            object_kind                     text                  "对象类型|单据类型"
            object_id                       id                    "对象编号|单据编号|对象ID"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            row_count                       integer               "行数|记录数|导出行数|数据量"
            ip                              text                  "IP地址|IP|登录IP"
            device                          text                  "设备|终端|登录设备"
        """,
    ),
    declare(
        "export_rows",
        en="Exported customers",
        zh="导出客户",
        key="event_id account_id",
        visible_at="access_events",
        columns="""
            event_id*                       ->access_events       "事件编号|日志编号|事件ID|日志ID"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
        """,
    ),
    declare(
        "companies",
        en="Company register",
        zh="工商登记",
        key="company_id",
        visible_at="established_date",
        columns="""
            company_id*                     id                    "企业编号|公司编号|企业ID|公司ID"
            name*                           text                  "企业名称|公司名称|名称"
            registration_no                 text                  "统一社会信用代码|信用代码|社会信用代码|税号|纳税人识别号|营业执照号|注册号"
            legal_representative            text                  "法定代表人|法人|法人代表"
            phone_key                       key                   "电话|联系电话|注册电话|企业电话"
            email_domain                    text                  "邮箱域名|电子邮件域名"
            address_key                     key                   "注册地址|地址|住所|企业地址"
            established_date                date                  "成立日期|注册日期|成立时间"
            status                          text                  "经营状态|登记状态|状态|企业状态"
            staff_count                     integer               "人数|参保人数|员工人数|社保人数"
            scope                           text                  "经营范围|业务范围"
        """,
    ),
    declare(
        "company_people",
        en="People of companies",
        zh="企业人员",
        key="company_id role person_name",
        visible_at="from_date",
        columns="""
            company_id*                     ->companies           "企业编号|公司编号|企业ID|公司ID"
            role*                           enum(legal_representative, holder, officer)  "角色|职务|身份|类型"
            person_name                     text                  "姓名|人员姓名|股东名称|高管姓名"
            person_key                      key                   "身份证号|证件号|证件号码"
            holder_company_id               ->companies           "股东企业编号|持股企业编号"
            share                           fraction              "持股比例|出资比例|股权比例"
            from_date                       date                  "任职开始|开始日期|入股日期"
            to_date                         date                  "任职结束|结束日期|退出日期"
        """,
    ),
    declare(
        "distributors",
        en="Approved distributors",
        zh="授权经销商",
        key="company_id approved_from_date",
        visible_at="approved_from_date",
        columns="""
            company_id*                     ->companies           "经销商编号|企业编号|公司编号"
            approved_from_date*             date                  "授权开始日期|授权起始日|授权日期|开始日期"
            approved_to_date                date                  "授权结束日期|授权截止日|授权到期日|结束日期"
        """,
    ),
    declare(
        "context_events",
        en="Innocent causes",
        zh="情境事件",
        key="kind from_date to_date region segment product_id account_id employee_id",
        visible_at="from_date",
        columns="""
            kind*                           enum(stock_out, price_rise, end_of_life, territory_change, channel_policy, plant_closure, promotion, migration, tender, holiday, regrouping, waiver)  "事件类型|原因类型|类型|事由"
            from_date*                      date                  "开始日期|起始日期|开始时间"
            to_date                         date                  "结束日期|截止日期|结束时间"
            region                          text                  "区域|地区|大区|销售区域"
            segment                         text                  "客户级别|客户分类|客户等级|细分市场"
            product_id                      ->products            "产品编号|产品编码|产品ID|物料编码|商品编码|料号|货号|SKU"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            employee_id                     ->employees           "员工编号|工号|员工ID|销售员编号|业务员编号|销售员|业务员|销售|负责人"
        """,
    ),
)
