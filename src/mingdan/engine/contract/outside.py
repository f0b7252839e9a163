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
            event_id*                       id
            employee_id*                    ->employees
            happened_at*                    timestamp
            action*                         enum(login, view, search, export, print, download, edit, delete, merge)
            object_kind                     text
            object_id                       id
            account_id                      ->accounts
            row_count                       integer
            ip                              text
            device                          text
        """,
    ),
    declare(
        "export_rows",
        en="Exported customers",
        zh="导出客户",
        key="event_id account_id",
        visible_at="access_events",
        columns="""
            event_id*                       ->access_events
            account_id*                     ->accounts
        """,
    ),
    declare(
        "companies",
        en="Company register",
        zh="工商登记",
        key="company_id",
        visible_at="established_date",
        columns="""
            company_id*                     id
            name*                           text
            registration_no                 text
            legal_representative            text
            phone_key                       key
            email_domain                    text
            address_key                     key
            established_date                date
            status                          text
            staff_count                     integer
            scope                           text
        """,
    ),
    declare(
        "company_people",
        en="People of companies",
        zh="企业人员",
        key="company_id role person_name",
        visible_at="from_date",
        columns="""
            company_id*                     ->companies
            role*                           enum(legal_representative, holder, officer)
            person_name                     text
            person_key                      key
            holder_company_id               ->companies
            share                           fraction
            from_date                       date
            to_date                         date
        """,
    ),
    declare(
        "distributors",
        en="Approved distributors",
        zh="授权经销商",
        key="company_id approved_from_date",
        visible_at="approved_from_date",
        columns="""
            company_id*                     ->companies
            approved_from_date*             date
            approved_to_date                date
        """,
    ),
    declare(
        "context_events",
        en="Innocent causes",
        zh="情境事件",
        key="kind from_date to_date region segment product_id account_id employee_id",
        visible_at="from_date",
        columns="""
            kind*                           enum(stock_out, price_rise, end_of_life, territory_change, channel_policy, plant_closure, promotion, migration, tender, holiday, regrouping, waiver)
            from_date*                      date
            to_date                         date
            region                          text
            segment                         text
            product_id                      ->products
            account_id                      ->accounts
            employee_id                     ->employees
        """,
    ),
)
