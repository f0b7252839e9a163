"""Users, accounts, contacts and leads of a Zoho export."""

from mingdan.engine.sources import cells
from mingdan.engine.sources.modules import Made, Module
from mingdan.engine.sources.zoho.export import Export

_ROLES = (
    ("manager", "manager|director|head of|chief|ceo|vp |vice president|lead|经理|总监|主管|总裁|主任"),
    ("support", "support|service|customer success|客服|售后|技术支持"),
    ("finance", "financ|account(ant|ing)|财务|会计"),
    ("rep", "sales|account executive|representative|rep$|standard|销售|业务|客户代表"),
)

_OWNED = (
    "Deals",
    "Accounts",
    "Contacts",
    "Leads",
    "Quotes",
    "Sales_Orders",
    "Invoices",
    "Calls",
    "Events",
    "Tasks",
    "Notes",
)


def made_of_people(export: Export) -> list[Made]:
    """Return employees, accounts, contacts, leads and what the timelines say changed about them."""
    return [
        *_employees(export),
        *_accounts(export),
        *_contacts(export),
        *_leads(export),
        *_owner_changes(export),
        *_field_changes(export),
    ]


def _employees(export: Export) -> list[Made]:
    users = export.module("Users")
    if not users.has("id"):
        return _owners_as_employees(export)
    full = users.text("full_name", "name")
    name = cells.joined([users.text("First_Name"), users.text("Last_Name")])
    columns = {
        "employee_id": export.id(users),
        "name": name if full == cells.NOTHING else f"coalesce({full}, {name})",
        "role": _role(users.text("role.name", "role"), users.text("profile.name", "profile")),
        "manager_id": export.lookup(users, "reporting_to", "Users"),
        "email": users.text("Email"),
        "phone": users.text("Mobile", "Phone"),
    }
    return [Made("employees", columns, users.rows)]


def _role(role: str, profile: str) -> str:
    """Tell a role of the contract by the words of role and profile; who is none of these is `other`."""
    said = f"lower(concat_ws(' ', {role}, {profile}))"
    cases = " ".join(f"WHEN regexp_matches({said}, '{words}') THEN '{meant}'" for meant, words in _ROLES)
    return f"CASE {cases} ELSE 'other' END"


def _owners_as_employees(export: Export) -> list[Made]:
    """Take whoever owns a record as a salesperson where the list of users was not exported."""
    parts = []
    for name in _OWNED:
        module = export.module(name)
        owner, label = export.owner(module), module.text("Owner.name", "Owner")
        if owner != cells.NOTHING:
            shown = owner if label == cells.NOTHING else f"coalesce({label}, {owner})"
            parts.append(f"SELECT m._row, m._file, {owner} AS id, {shown} AS name FROM {module.rows}")
    if not parts:
        return []
    union = " UNION ALL ".join(parts)
    first = "QUALIFY row_number() OVER (PARTITION BY id ORDER BY (name = id), _file, _row) = 1"
    columns = {"employee_id": "m.id", "name": "m.name", "role": "'rep'"}
    return [Made("employees", columns, f"(SELECT * FROM ({union}) WHERE id IS NOT NULL {first}) AS m")]


def _accounts(export: Export) -> list[Made]:
    accounts = export.module("Accounts")
    if not accounts.is_there:
        return []
    named = accounts.text("Account_Name")
    columns = {
        "account_id": f"coalesce({export.id(accounts)}, {named})",
        "name": named,
        "owner_id": export.owner(accounts),
        "segment": accounts.text("Account_Type"),
        "industry": accounts.text("Industry"),
        "region": accounts.text("Billing_State", "Billing_City", "Billing_Country"),
        "created_at": accounts.moment("Created_Time"),
        "created_by": export.lookup(accounts, "Created_By", "Users"),
        "phone": accounts.text("Phone"),
        "email_domain": _domain(accounts, "Website"),
        "address": address(accounts, "Billing"),
    }
    return [Made("accounts", columns, accounts.rows)]


def address(module: Module, which: str) -> str:
    """Return SQL for an address in one line, largest part first; null where the street is missing."""
    street = module.text(f"{which}_Street")
    parts = [module.text(f"{which}_{part}") for part in ("Country", "State", "City")]
    if street == cells.NOTHING:
        return street
    return (
        f"CASE WHEN {street} IS NOT NULL THEN {cells.joined([*(p for p in parts if p != cells.NOTHING), street])} END"
    )


def _domain(module: Module, *names: str) -> str:
    found = module.text(*names)
    return found if found == cells.NOTHING else cells.domain_of(found)


def _contacts(export: Export) -> list[Made]:
    contacts = export.module("Contacts")
    if not contacts.has("id"):
        return []
    full = contacts.text("Full_Name")
    name = cells.joined([contacts.text("Last_Name"), contacts.text("First_Name")])
    columns = {
        "contact_id": export.id(contacts),
        "account_id": export.lookup(contacts, "Account_Name", "Accounts"),
        "name": name if full == cells.NOTHING else f"coalesce({full}, {name})",
        "title": contacts.text("Title"),
        "phone": contacts.text("Mobile", "Phone"),
        "email": contacts.text("Email"),
        "email_domain": _domain(contacts, "Email"),
        "created_at": contacts.moment("Created_Time"),
        "created_by": export.lookup(contacts, "Created_By", "Users"),
    }
    return [Made("contacts", columns, contacts.rows)]


def _leads(export: Export) -> list[Made]:
    leads = export.module("Leads")
    if not leads.has("id", "Created_Time"):
        return []
    state = leads.text("Lead_Status")
    converted = f"lower({leads.text('Converted__s')}) = 'true'"
    invalid = f"regexp_matches(lower({state}), 'junk|lost lead|not qualified|invalid|无效')"
    columns = {
        "lead_id": export.id(leads),
        "created_at": leads.moment("Created_Time"),
        "source": leads.text("Lead_Source"),
        "assigned_to": export.owner(leads),
        "status": (
            f"CASE WHEN {converted} THEN 'converted' WHEN {invalid} THEN 'invalid' "
            f"WHEN {state} IS NULL OR lower({state}) IN ('not contacted', 'new', 'open') THEN 'new' ELSE 'working' END"
        ),
        "invalid_reason": f"CASE WHEN {invalid} THEN {state} END",
        "company_name": leads.text("Company"),
        "phone": leads.text("Mobile", "Phone"),
        "account_id": export.lookup(leads, "Converted_Account", "Accounts"),
        "opportunity_id": export.lookup(leads, "Converted_Deal", "Deals"),
    }
    return [Made("leads", columns, leads.rows)]


def _owner_changes(export: Export) -> list[Made]:
    if not export.changes or not export.module("Accounts").has("id"):
        return []
    columns = {
        "account_id": "m.record",
        "changed_at": cells.moment("m.at"),
        "from_employee_id": export.by_label("m.old", "Users"),
        "to_employee_id": export.by_label("m.new", "Users"),
        "changed_by": "m.who",
    }
    return [
        Made(
            "owner_changes",
            columns,
            f"{export.changes} AS m WHERE field = 'Owner' AND {export.has_id('Accounts', 'm.record')}",
        )
    ]


_TABLE_OF = {
    "Accounts": "accounts",
    "Contacts": "contacts",
    "Leads": "leads",
    "Deals": "opportunities",
    "Quotes": "quotes",
}
_FIELD = (
    "CASE WHEN m.field IN ('Phone', 'Mobile', 'Home_Phone', 'Other_Phone') THEN 'phone' "
    "WHEN m.field IN ('Email', 'Secondary_Email') THEN 'email' WHEN m.field = 'Account_Name' THEN 'account_id' "
    "WHEN m.field LIKE '%\\_Street' ESCAPE '\\' THEN 'address' WHEN m.field = 'Closing_Date' THEN 'closed_at' "
    "ELSE lower(m.field) END"
)
"""Fields are called as in the contract where it has them: a changed Mobile is a changed phone."""


def _field_changes(export: Export) -> list[Made]:
    """Return every change of a field by a person; stage and owner have tables of their own."""
    made = []
    for module, table in _TABLE_OF.items():
        if export.changes and export.module(module).has("id"):
            columns = {
                "table_name": f"'{table}'",
                "row_id": "m.record",
                "field": _FIELD,
                "changed_at": cells.moment("m.at"),
                "changed_by": "m.who",
                "old": "m.old",
                "new": "m.new",
            }
            rows = f"m.who IS NOT NULL AND m.field NOT IN ('Stage', 'Owner') AND {export.has_id(module, 'm.record')}"
            made.append(Made("field_changes", columns, f"{export.changes} AS m WHERE {rows}"))
    return made
