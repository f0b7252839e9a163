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
            lead_id*                        id
            created_at*                     timestamp
            source                          text
            assigned_to                     ->employees
            assigned_at                     timestamp
            random_pool                     boolean
            first_touch_at                  timestamp
            status                          enum(new, working, converted, invalid)
            invalid_reason                  text
            company_name                    text
            phone_key                       key
            account_id                      ->accounts
            opportunity_id                  ->opportunities
        """,
    ),
    declare(
        "accounts",
        en="Customers",
        zh="客户",
        key="account_id",
        visible_at="created_at",
        columns="""
            account_id*                     id
            name*                           text
            owner_id                        ->employees
            registration_no                 text
            segment                         text
            industry                        text
            region                          text
            created_at                      timestamp
            created_by                      ->employees
            in_pool                         boolean
            phone_key                       key
            email_domain                    text
            address_key                     key
        """,
    ),
    declare(
        "owner_changes",
        en="Owner changes",
        zh="客户归属变更",
        key="account_id changed_at to_employee_id",
        visible_at="changed_at",
        columns="""
            account_id*                     ->accounts
            changed_at*                     timestamp
            from_employee_id                ->employees
            to_employee_id                  ->employees
            changed_by                      ->employees
            reason                          text
        """,
    ),
    declare(
        "contacts",
        en="Contacts",
        zh="联系人",
        key="contact_id",
        visible_at="created_at",
        columns="""
            contact_id*                     id
            account_id*                     ->accounts
            name                            text
            title                           text
            phone_key                       key
            email_key                       key
            email_domain                    text
            created_at                      timestamp
            created_by                      ->employees
        """,
    ),
    declare(
        "field_changes",
        en="Field changes",
        zh="字段变更",
        key="table_name row_id field changed_at",
        visible_at="changed_at",
        columns="""
            table_name*                     text
            row_id*                         id
            field*                          text
            changed_at*                     timestamp
            changed_by*                     ->employees
            old_key                         key
            new_key                         key
        """,
    ),
)
