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
            ticket_id*                      id
            opened_at*                      timestamp
            kind                            enum(warranty, repair, consumable, installation, question, complaint)
            account_id                      ->accounts
            order_id                        ->orders
            product_id                      ->products
            serial_no                       text
            phone_key                       key
            text                            text
        """,
    ),
    declare(
        "callbacks",
        en="Call-backs",
        zh="回访",
        key="callback_id",
        visible_at="called_at",
        columns="""
            callback_id*                    id
            called_at*                      timestamp
            account_id                      ->accounts
            lead_id                         ->leads
            opportunity_id                  ->opportunities
            stated_date                     date
            random                          boolean
            inclusion_probability           fraction
            reached                         boolean
            bought_elsewhere                boolean
            supplier_company_id             ->companies
            supplier_name                   text
            mentions_employee_id            ->employees
        """,
    ),
    declare(
        "survey_responses",
        en="Survey answers",
        zh="问卷答复",
        key="response_id",
        visible_at="answered_at",
        columns="""
            response_id*                    id
            account_id*                     ->accounts
            answered_at*                    timestamp
            kind                            text
            score                           integer
            employee_id                     ->employees
            comment                         text
        """,
    ),
    declare(
        "complaints",
        en="Complaints",
        zh="投诉",
        key="complaint_id",
        visible_at="opened_at",
        columns="""
            complaint_id*                   id
            opened_at*                      timestamp
            account_id                      ->accounts
            about_employee_id               ->employees
            category                        text
            text                            text
        """,
    ),
    declare(
        "tips",
        en="Tips",
        zh="举报",
        key="tip_id",
        visible_at="received_at",
        columns="""
            tip_id*                         id
            received_at*                    timestamp
            channel                         text
            about_employee_id               ->employees
            account_id                      ->accounts
        """,
    ),
)
