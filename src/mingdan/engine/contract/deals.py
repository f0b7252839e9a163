"""From the deal to the signed contract."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "opportunities",
        en="Deals",
        zh="商机",
        key="opportunity_id",
        visible_at="recorded_at created_at",
        stamps="closed_at: closed_at outcome=open loss_reason competitor winner_company_id",
        columns="""
            opportunity_id*                 id
            created_at*                     timestamp
            outcome*                        enum(open, won, lost)
            account_id                      ->accounts
            owner_id                        ->employees
            recorded_at                     timestamp
            written_via                     enum(ui, api, import, mass)
            closed_at                       timestamp
            amount                          decimal
            currency                        text
            product_line                    text
            source                          text
            loss_reason                     text
            competitor                      text
            winner_company_id               ->companies
        """,
    ),
    declare(
        "stage_changes",
        en="Stage changes",
        zh="阶段变更",
        key="opportunity_id stage entered_at",
        visible_at="recorded_at entered_at",
        columns="""
            opportunity_id*                 ->opportunities
            stage*                          enum(identification, contact, needs, solution, quotation, negotiation, signing, after_sales)
            entered_at*                     timestamp
            recorded_at                     timestamp
            changed_by                      ->employees
        """,
    ),
    declare(
        "quotes",
        en="Quotes",
        zh="报价",
        key="quote_id",
        visible_at="recorded_at sent_at",
        stamps="approved_at: approved_at approved_by",
        columns="""
            quote_id*                       id
            account_id*                     ->accounts
            employee_id*                    ->employees
            sent_at*                        timestamp
            net_amount*                     decimal
            opportunity_id                  ->opportunities
            version                         integer
            list_amount                     decimal
            discount                        fraction
            approval_limit                  fraction
            payment_days                    integer
            freight                         decimal
            currency                        text
            recorded_at                     timestamp
            written_via                     enum(ui, api, import, mass)
            approved_by                     ->employees
            approved_at                     timestamp
            document_hash                   text
            recipient_domain                text
        """,
    ),
    declare(
        "quote_lines",
        en="Quote lines",
        zh="报价明细",
        key="quote_id product_id",
        visible_at="quotes",
        columns="""
            quote_id*                       ->quotes
            product_id*                     ->products
            quantity*                       decimal
            list_price                      decimal
            net_price                       decimal
        """,
    ),
    declare(
        "products",
        en="Products",
        zh="产品",
        key="product_id",
        columns="""
            product_id*                     id
            name                            text
            category                        text
            list_price                      decimal
            floor_price                     decimal
            unit_cost                       decimal
            currency                        text
            consumable_for                  ->products
            yearly_use                      decimal
        """,
    ),
    declare(
        "approvals",
        en="Approvals",
        zh="审批",
        key="approval_id",
        visible_at="requested_at",
        stamps="decided_at: decided_at decided_by decision",
        columns="""
            approval_id*                    id
            object_kind*                    text
            object_id*                      id
            requested_by                    ->employees
            requested_at                    timestamp
            decided_by                      ->employees
            decided_at                      timestamp
            decision                        enum(approved, rejected)
        """,
    ),
    declare(
        "bypasses",
        en="Bypasses",
        zh="例外放行",
        key="bypass_id",
        visible_at="happened_at",
        columns="""
            bypass_id*                      id
            happened_at*                    timestamp
            employee_id                     ->employees
            opportunity_id                  ->opportunities
            object_kind                     text
            object_id                       id
            kind                            enum(stage_skipped, approval_off, mass_update, import, api, override, back_dated)
            accepted_by                     ->employees
            reason                          text
        """,
    ),
    declare(
        "contracts",
        en="Contracts",
        zh="合同",
        key="contract_id",
        visible_at="recorded_at signed_at",
        columns="""
            contract_id*                    id
            account_id*                     ->accounts
            signed_at*                      timestamp
            recorded_at                     timestamp
            opportunity_id                  ->opportunities
            employee_id                     ->employees
            amount                          decimal
            currency                        text
            counterparty_name               text
            counterparty_registration_no    text
            payee_name                      text
            payee_bank_key                  key
            template_id                     id
            document_hash                   text
        """,
    ),
)
