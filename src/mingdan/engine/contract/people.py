"""Our firm and the people in it."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "company_profile",
        en="Our own firm",
        zh="本公司",
        key="name",
        columns="""
            name*                           text
            registration_no                 text
            email_domains                   list
            phone_key                       key
            address_key                     key
        """,
    ),
    declare(
        "employees",
        en="Employees",
        zh="员工",
        key="employee_id",
        visible_at="hired_date",
        stamps="resigned_at: resigned_at; left_date: left_date",
        columns="""
            employee_id*                    id
            name*                           text
            role*                           enum(rep, manager, support, finance, other)
            team_id                         id
            manager_id                      ->employees
            region                          text
            hired_date                      date
            resigned_at                     timestamp
            left_date                       date
            email                           text
            phone_key                       key
            address_key                     key
            bank_key                        key
            id_key                          key
        """,
    ),
    declare(
        "leaves",
        en="Leaves",
        zh="休假",
        key="employee_id from_date to_date",
        visible_at="from_date",
        columns="""
            employee_id*                    ->employees
            from_date*                      date
            to_date*                        date
            kind                            text
        """,
    ),
    declare(
        "declared_interests",
        en="Declared interests",
        zh="利益申报",
        key="employee_id declared_at company_id person_name",
        visible_at="declared_at",
        columns="""
            employee_id*                    ->employees
            declared_at*                    timestamp
            relation                        text
            person_name                     text
            person_key                      key
            company_id                      ->companies
            approved                        boolean
        """,
    ),
)
