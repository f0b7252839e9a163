"""Leads, customers, who owns them, whom to talk to."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "leads",
        en="Leads",
        zh="线索",
        key="lead_id",
        visible_at="created_at",
        stamps="assigned_at: assigned_to assigned_at; first_touch_at: first_touch_at status=new invalid_reason account_id opportunity_id",
        columns="""
            lead_id*                        id                    "线索编号|线索ID"
            created_at*                     timestamp             "创建时间|创建日期|建立时间|建档时间"
            source                          text                  "线索来源|来源|来源渠道"
            assigned_to                     ->employees           "负责人|分配给|跟进人|负责人编号|归属销售"
            assigned_at                     timestamp             "分配时间|领取时间|分配日期"
            random_pool                     boolean               "随机分配|是否随机分配"
            first_touch_at                  timestamp             "首次跟进时间|首次联系时间|首次触达时间"
            status                          enum(new, working, converted, invalid)  "状态|线索状态|跟进状态"
            invalid_reason                  text                  "无效原因|关闭原因"
            company_name                    text                  "公司名称|企业名称|客户名称|公司"
            phone_key                       key                   "电话|手机|手机号|手机号码|联系电话|电话号码"
            account_id                      ->accounts            "客户编号|转换客户|客户ID"
            opportunity_id                  ->opportunities       "商机编号|转换商机|商机ID"
        """,
    ),
    declare(
        "accounts",
        en="Customers",
        zh="客户",
        key="account_id",
        visible_at="created_at",
        columns="""
            account_id*                     id                    "客户编号|客户ID|客户代码|客户编码"
            name*                           text                  "客户名称|名称|公司名称|企业名称|客户全称|单位名称"
            owner_id                        ->employees           "负责人|负责人编号|归属人|所属销售|客户经理|业务员|销售员|负责销售"
            registration_no                 text                  "统一社会信用代码|信用代码|社会信用代码|税号|纳税人识别号|营业执照号|注册号"
            segment                         text                  "客户级别|客户分类|客户等级|细分市场"
            industry                        text                  "行业|所属行业"
            region                          text                  "区域|地区|大区|销售区域"
            created_at                      timestamp             "创建时间|创建日期|建立时间|建档时间"
            created_by                      ->employees           "创建人|创建人编号|建档人"
            in_pool                         boolean               "是否公海|公海|在公海|是否公海客户"
            phone_key                       key                   "电话|手机|手机号|手机号码|联系电话|电话号码"
            email_domain                    text                  "邮箱域名|电子邮件域名"
            address_key                     key                   "地址|详细地址|联系地址|通讯地址"
        """,
    ),
    declare(
        "owner_changes",
        en="Owner changes",
        zh="客户归属变更",
        key="account_id changed_at to_employee_id",
        visible_at="changed_at",
        columns="""
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            changed_at*                     timestamp             "变更时间|修改时间|变更日期"
            from_employee_id                ->employees           "原负责人|变更前负责人|原归属人|原负责人编号"
            to_employee_id                  ->employees           "新负责人|变更后负责人|现负责人|新归属人|新负责人编号"
            changed_by                      ->employees           "变更人|修改人|操作人"
            reason                          text                  "变更原因|原因|退回原因"
        """,
    ),
    declare(
        "contacts",
        en="Contacts",
        zh="联系人",
        key="contact_id",
        visible_at="created_at",
        columns="""
            contact_id*                     id                    "联系人编号|联系人ID"
            account_id*                     ->accounts            "客户编号|客户ID|客户代码|客户编码"
            name                            text                  "联系人|联系人姓名|姓名"
            title                           text                  "职务|职位|岗位"
            phone_key                       key                   "电话|手机|手机号|手机号码|联系电话|电话号码"
            email_key                       key                   "邮箱|电子邮箱|电子邮件|Email"
            email_domain                    text                  "邮箱域名|电子邮件域名"
            created_at                      timestamp             "创建时间|创建日期|建立时间|建档时间"
            created_by                      ->employees           "创建人|创建人编号|建档人"
        """,
    ),
    declare(
        "field_changes",
        en="Field changes",
        zh="字段变更",
        key="table_name row_id field changed_at",
        visible_at="changed_at",
        columns="""
            table_name*                     text                  "表名|对象|对象名称|模块"
            row_id*                         id                    "记录编号|数据ID|记录ID|对象编号"
            field*                          text                  "字段|字段名|字段名称"
            changed_at*                     timestamp             "变更时间|修改时间|变更日期"
            changed_by*                     ->employees           "修改人|操作人|变更人|操作人编号"
            old_key                         key                   "原值|修改前|旧值|变更前"
            new_key                         key                   "新值|修改后|变更后"
        """,
    ),
)
