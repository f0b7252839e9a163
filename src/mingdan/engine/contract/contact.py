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
            activity_id*                    id
            kind*                           enum(call, email, meeting, visit, chat, demo, technical, note)
            employee_id*                    ->employees
            happened_at*                    timestamp
            recorded_at                     timestamp
            account_id                      ->accounts
            contact_id                      ->contacts
            opportunity_id                  ->opportunities
            duration_seconds                integer
            text                            text
        """,
    ),
    declare(
        "calls",
        en="Calls",
        zh="通话",
        key="call_id",
        visible_at="started_at",
        columns="""
            call_id*                        id
            employee_id*                    ->employees
            started_at*                     timestamp
            phone_key                       key
            account_id                      ->accounts
            seconds                         integer
            direction                       enum(in, out)
        """,
    ),
    declare(
        "emails",
        en="E-mails",
        zh="邮件",
        key="email_id",
        visible_at="sent_at",
        columns="""
            email_id*                       id
            employee_id*                    ->employees
            sent_at*                        timestamp
            direction                       enum(in, out)
            account_id                      ->accounts
            counterpart_domain              text
            attachment_hash                 text
        """,
    ),
    declare(
        "messages",
        en="Messages",
        zh="消息",
        key="message_id",
        visible_at="sent_at",
        columns="""
            message_id*                     id
            employee_id*                    ->employees
            sent_at*                        timestamp
            sender*                         enum(employee, customer)
            kind*                           enum(text, image, card, red_packet, transfer, link, file, recall)
            account_id                      ->accounts
            contact_id                      ->contacts
            text                            text
            consent                         boolean
        """,
    ),
    declare(
        "channel_events",
        en="Channel events",
        zh="渠道事件",
        key="employee_id happened_at kind contact_id",
        visible_at="happened_at",
        columns="""
            employee_id*                    ->employees
            happened_at*                    timestamp
            kind*                           enum(contact_added, contact_deleted, deleted_by_contact, transferred)
            account_id                      ->accounts
            contact_id                      ->contacts
        """,
    ),
)
