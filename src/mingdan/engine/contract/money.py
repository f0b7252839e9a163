"""From the order to the money."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "orders",
        en="Orders",
        zh="订单",
        key="order_id",
        visible_at="recorded_at ordered_at",
        columns="""
            order_id*                       id
            account_id*                     ->accounts
            ordered_at*                     timestamp
            amount*                         decimal
            employee_id                     ->employees
            currency                        text
            recorded_at                     timestamp
            written_via                     enum(ui, api, import, mass)
            payment_days                    integer
            contract_id                     ->contracts
            opportunity_id                  ->opportunities
            ship_to_key                     key
            ship_to_area                    text
            consignee_key                   key
            pricing_program                 text
        """,
    ),
    declare(
        "order_lines",
        en="Order lines",
        zh="订单明细",
        key="order_id product_id",
        visible_at="orders",
        columns="""
            order_id*                       ->orders
            product_id*                     ->products
            quantity*                       decimal
            unit_price*                     decimal
        """,
    ),
    declare(
        "shipments",
        en="Shipments",
        zh="发货",
        key="shipment_id",
        visible_at="shipped_at",
        columns="""
            shipment_id*                    id
            order_id*                       ->orders
            shipped_at*                     timestamp
            product_id                      ->products
            serial_no                       text
        """,
    ),
    declare(
        "invoices",
        en="Invoices",
        zh="发票",
        key="invoice_id",
        visible_at="issued_at",
        columns="""
            invoice_id*                     id
            account_id*                     ->accounts
            issued_at*                      timestamp
            amount*                         decimal
            currency                        text
            order_id                        ->orders
            buyer_name                      text
            buyer_registration_no           text
        """,
    ),
    declare(
        "payments",
        en="Receipts",
        zh="回款",
        key="payment_id",
        visible_at="received_at",
        stamps="posted_at: posted_at posted_by",
        columns="""
            payment_id*                     id
            account_id*                     ->accounts
            received_at*                    timestamp
            amount*                         decimal
            currency                        text
            order_id                        ->orders
            invoice_id                      ->invoices
            payer_name                      text
            payer_key                       key
            payer_bank_key                  key
            payee_bank_key                  key
            channel                         text
            posted_at                       timestamp
            posted_by                       ->employees
            collected_by                    ->employees
        """,
    ),
    declare(
        "company_bank_accounts",
        en="Our bank accounts",
        zh="本公司银行账户",
        key="bank_key valid_from_date",
        columns="""
            bank_key*                       key
            name                            text
            valid_from_date                 date
            valid_to_date                   date
        """,
    ),
    declare(
        "balance_confirmations",
        en="Balance confirmations",
        zh="余额询证",
        key="account_id as_of_date",
        visible_at="as_of_date",
        columns="""
            account_id*                     ->accounts
            as_of_date*                     date
            our_balance                     decimal
            their_balance                   decimal
            status                          enum(agreed, differs, no_reply)
        """,
    ),
    declare(
        "expenses",
        en="Expenses",
        zh="费用",
        key="expense_id",
        visible_at="spent_at",
        columns="""
            expense_id*                     id
            employee_id*                    ->employees
            spent_at*                       timestamp
            amount*                         decimal
            currency                        text
            account_id                      ->accounts
            kind                            text
        """,
    ),
    declare(
        "samples",
        en="Samples",
        zh="样品",
        key="sample_id",
        visible_at="sent_at",
        stamps="returned_at: returned_at",
        columns="""
            sample_id*                      id
            account_id*                     ->accounts
            employee_id*                    ->employees
            sent_at*                        timestamp
            product_id                      ->products
            quantity                        decimal
            returned_at                     timestamp
        """,
    ),
)
