"""Who talked to whom, and how."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "activities",
        en="Activities",
        zh="销售活动",
        key="activity_id",
        visible_at="recorded_at happened_at",
        columns="""
            activity_id*                    id                    "活动编号|跟进编号|记录编号|拜访编号"
            kind*                           enum(call, email, meeting, visit, chat, demo, technical, note)  "活动类型|跟进方式|跟进类型|拜访类型|类型"
            employee_id*                    ->employees           "跟进人|员工编号|工号|销售员|业务员|拜访人|创建人"
            happened_at*                    timestamp             "跟进时间|拜访时间|活动时间|发生时间|跟进日期|拜访日期"
            recorded_at                     timestamp             "录入时间|登记时间|系统录入时间|入库时间"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            contact_id                      ->contacts            "联系人编号|联系人ID"
            opportunity_id                  ->opportunities       "商机编号|商机ID|机会编号|商机号|项目编号"
            duration_seconds                integer               "时长|持续时长|时长秒|通话时长"
            text                            text                  "跟进内容|跟进记录|拜访内容|内容|备注"
        """,
    ),
    declare(
        "calls",
        en="Calls",
        zh="通话",
        key="call_id",
        visible_at="started_at",
        columns="""
            call_id*                        id                    "通话编号|呼叫编号|话单编号"
            employee_id*                    ->employees           "坐席|员工编号|工号|主叫人员|销售员"
            started_at*                     timestamp             "呼叫时间|通话时间|开始时间|拨打时间"
            phone_key                       key                   "对方号码|客户号码|电话号码|被叫号码|电话|手机号"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            seconds                         integer               "通话时长|通话秒数|时长|时长秒"
            direction                       enum(in, out)         "方向|呼叫方向|收发"
        """,
    ),
    declare(
        "emails",
        en="E-mails",
        zh="邮件",
        key="email_id",
        visible_at="sent_at",
        columns="""
            email_id*                       id                    "邮件编号|邮件ID"
            employee_id*                    ->employees           "员工编号|工号|发件人工号|员工"
            sent_at*                        timestamp             "发送时间|发信时间|邮件时间"
            direction                       enum(in, out)         "方向|呼叫方向|收发"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            counterpart_domain              text                  "对方域名|对方邮箱域名"
            attachment_hash                 text                  "附件哈希|附件指纹"
        """,
    ),
    declare(
        "messages",
        en="Messages",
        zh="消息",
        key="message_id",
        visible_at="sent_at",
        columns="""
            message_id*                     id                    "消息编号|消息ID"
            employee_id*                    ->employees           "员工编号|工号|员工"
            sent_at*                        timestamp             "发送时间|消息时间"
            sender*                         enum(employee, customer)  "发送方|发送者类型|发送方类型"
            kind*                           enum(text, image, card, red_packet, transfer, link, file, recall)  "消息类型|类型"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            contact_id                      ->contacts            "联系人编号|联系人ID"
            text                            text                  "消息内容|内容|文本"
            consent                         boolean               "是否同意存档|同意存档|已授权存档"
        """,
    ),
    declare(
        "channel_events",
        en="Channel events",
        zh="渠道事件",
        key="employee_id happened_at kind contact_id",
        visible_at="happened_at",
        columns="""
            employee_id*                    ->employees           "员工编号|工号|员工"
            happened_at*                    timestamp             "发生时间|时间|发生日期"
            kind*                           enum(contact_added, contact_deleted, deleted_by_contact, transferred)  "事件类型|变更类型|类型"
            account_id                      ->accounts            "客户编号|客户ID|客户代码|客户编码"
            contact_id                      ->contacts            "联系人编号|联系人ID"
        """,
    ),
)
