"""Employees, customers, contacts and leads of a Fxiaoke export."""

from mingdan.engine.sources import cells
from mingdan.engine.sources.fxiaoke.export import LOG, Export, is_valid, label, moment, one_of
from mingdan.engine.sources.fxiaoke.names import LEAD_STATES, LOG_WORDS
from mingdan.engine.sources.modules import Made, Module


def made_of_people(export: Export) -> list[Made]:
    """Return employees, accounts, owner_changes, contacts, leads and access_events."""
    return [
        *_employees(export),
        *_accounts(export),
        *_claims(export),
        *_contacts(export),
        *_leads(export),
        *_edits(export),
    ]


def _employees(export: Export) -> list[Made]:
    """Take people from the records they own or made: the interface's list of personnel is not documented."""
    columns = {
        "employee_id": "m.id",
        "name": "coalesce(m.name, m.id)",
        "role": (
            f"CASE WHEN regexp_matches(coalesce(m.post, ''), '经理|总监|主管|总裁') OR m.number IN (SELECT boss FROM {export.people}) "
            "THEN 'manager' WHEN m.owns THEN 'rep' ELSE 'other' END"
        ),
        "manager_id": f"coalesce((SELECT min(b.id) FROM {export.people} AS b WHERE b.number = m.boss), m.boss)",
        "email": "m.email",
        "phone": "m.phone",
    }
    return [Made("employees", columns, f"{export.people} AS m")]


def account_id(accounts: Module) -> str:
    """Return SQL for a customer's id; its number or name where an Excel export has no ids."""
    return accounts.text("_id", "account_no", "name")


def _accounts(export: Export) -> list[Made]:
    accounts = export.object("AccountObj")
    if not accounts.is_there:
        return []
    pool = accounts.text("high_seas_id")
    owner = export.person(accounts, "owner")
    domain = [cells.domain_of(found) for found in map(accounts.text, ("email", "url")) if found != cells.NOTHING]
    columns = {
        "account_id": account_id(accounts),
        "name": accounts.text("name"),
        "owner_id": owner,
        "registration_no": accounts.text("uniform_social_credit_code"),
        "segment": label(accounts, "account_level"),
        "industry": label(accounts, "industry"),
        "region": cells.first_of(
            [made for made in (label(accounts, "province"), label(accounts, "city")) if made != cells.NOTHING]
        ),
        "created_at": moment(accounts, "create_time"),
        "created_by": export.person(accounts, "created_by"),
        "in_pool": pool if pool == cells.NOTHING else f"CAST({pool} IS NOT NULL AND {owner} IS NULL AS VARCHAR)",
        "phone": accounts.text("tel"),
        "email_domain": cells.first_of(domain),
        "address": _address(accounts),
    }
    return [Made("accounts", columns, accounts.rows)]


def _address(accounts: Module) -> str:
    street = accounts.text("address")
    parts = [
        made for made in (label(accounts, part) for part in ("province", "city", "district")) if made != cells.NOTHING
    ]
    return (
        street
        if street == cells.NOTHING
        else f"CASE WHEN {street} IS NOT NULL THEN {cells.joined([*parts, street])} END"
    )


def _claims(export: Export) -> list[Made]:
    """Return the last time a customer was claimed or assigned: the earlier owners are in no export."""
    accounts = export.object("AccountObj")
    if not accounts.has("claimed_time", "owner"):
        return []
    columns = {
        "account_id": account_id(accounts),
        "changed_at": moment(accounts, "claimed_time"),
        "to_employee_id": export.person(accounts, "owner"),
        "reason": "'领取/分配'",
    }
    return [Made("owner_changes", columns, f"{accounts.rows} WHERE {accounts.text('claimed_time')} IS NOT NULL")]


def _contacts(export: Export) -> list[Made]:
    contacts = export.object("ContactObj")
    if not contacts.is_there:
        return []
    email = contacts.text("email")
    columns = {
        "contact_id": contacts.text("_id"),
        "account_id": contacts.text("account_id"),
        "name": contacts.text("name"),
        "title": contacts.text("job_title"),
        "phone": contacts.text("mobile", "tel"),
        "email": email,
        "email_domain": email if email == cells.NOTHING else cells.domain_of(email),
        "created_at": moment(contacts, "create_time"),
        "created_by": export.person(contacts, "created_by"),
    }
    return [Made("contacts", columns, contacts.rows)]


def _leads(export: Export) -> list[Made]:
    leads = export.object("LeadsObj")
    if not leads.is_there:
        return []
    state = leads.text("biz_status")
    columns = {
        "lead_id": leads.text("_id"),
        "created_at": moment(leads, "create_time"),
        "assigned_to": export.person(leads, "owner"),
        "assigned_at": moment(leads, "assigned_time"),
        "status": state if state == cells.NOTHING else f"nullif({cells.chosen(state, LEAD_STATES, '')}, '')",
        "company_name": leads.text("company"),
        "phone": leads.text("mobile", "tel"),
        "account_id": leads.text("account_id"),
        "opportunity_id": leads.text("new_opportunity_id"),
    }
    return [Made("leads", columns, f"{leads.rows} WHERE {is_valid(leads)}")]


def _edits(export: Export) -> list[Made]:
    """Return from the modification log who edited, deleted, merged, exported or printed which record."""
    log = export.object(LOG)
    if not log.is_there:
        return []
    said = f"lower({cells.joined([log.text('operationLabel'), log.text('operationType')])})"
    cases = " ".join(f"WHEN regexp_matches({said}, '{words}') THEN '{action}'" for action, words in LOG_WORDS)
    action = f"CASE {cases} END"
    record, kind = log.text("logDataDetailInfo.dataId"), log.text("logDataDetailInfo.describeApiName")
    columns = {
        "event_id": log.text("logID"),
        "employee_id": one_of(log.text("owner.employeeID")),
        "happened_at": moment(log, "operationTime"),
        "action": action,
        "object_kind": kind,
        "object_id": record,
        "account_id": f"CASE WHEN {kind} = 'AccountObj' THEN {record} END",
    }
    return [Made("access_events", columns, f"{log.rows} WHERE {action} IS NOT NULL")]
