"""Sales records, telephone records and visits of a Fxiaoke export."""

from mingdan.engine.sources import cells
from mingdan.engine.sources.fxiaoke.export import ATTENDANCE, RELATED, Export, label, moment
from mingdan.engine.sources.fxiaoke.names import ACTIVITY_WORDS
from mingdan.engine.sources.modules import Made, Module


def made_of_contact(export: Export) -> list[Made]:
    """Return activities."""
    kinds = {"ActiveRecordObj": None, "TelesalesRecordObj": "call", "ServiceRecordObj": "call", "CheckinsObj": "visit"}
    entries = [made for name, kind in kinds.items() for made in _entry(export, export.object(name), kind)]
    return [*entries, *_visits(export)]


def _entry(export: Export, records: Module, kind: str | None) -> list[Made]:
    """Return what people wrote down; it happened, as far as known, when it was written."""
    if not records.is_there:
        return []
    account = [records.text("account_id", "account_obj_id", "customer_id"), _related(export, "AccountObj")]
    deal = [records.text("new_opportunity_id", "opportunity_id"), _related(export, "NewOpportunityObj")]
    columns = {
        "activity_id": records.text("_id"),
        "kind": f"'{kind}'" if kind else _kind(records),
        "employee_id": export.person(records, "owner", "created_by"),
        "happened_at": moment(records, "create_time"),
        "recorded_at": moment(records, "create_time"),
        "account_id": cells.first_of([made for made in account if made != cells.NOTHING]),
        "contact_id": _related(export, "ContactObj"),
        "opportunity_id": cells.first_of([made for made in deal if made != cells.NOTHING]),
        "text": records.text("active_record_content", "record_content", "communicate_record"),
    }
    return [Made("activities", columns, records.rows)]


def _kind(records: Module) -> str:
    told = [label(records, field) for field in ("interactive_types", "interactive_scenario", "active_record_type")]
    said = f"lower({cells.joined([made for made in told if made != cells.NOTHING])})"
    cases = " ".join(f"WHEN regexp_matches({said}, '{words}') THEN '{kind}'" for kind, words in ACTIVITY_WORDS)
    return f"CASE {cases} ELSE 'note' END"


def _related(export: Export, kind: str) -> str:
    """Return SQL for the record of a kind among those that the entry `m` names as related, the first by id."""
    related = export.object(RELATED).aliased("r")
    if not related.has("describe_api_name", "id"):
        return cells.NOTHING
    return f"(SELECT min({related.text('id')}) FROM {related.rows} WHERE {related.text('Parent_Id')} = m._id AND {related.text('describe_api_name')} = '{kind}')"


def _visits(export: Export) -> list[Made]:
    """Return visits by their check-in, which the telephone stamps."""
    visits = export.object(ATTENDANCE)
    if not visits.is_there:
        return []
    start, end = visits.text("checkinsTimeStamp"), visits.text("checkoutTimeStamp")
    stay = f"(TRY_CAST({end} AS BIGINT) - TRY_CAST({start} AS BIGINT))"
    columns = {
        "activity_id": f"'visit-' || {visits.text('openUserId', 'userName')} || '-' || {start}",
        "kind": "'visit'",
        "employee_id": visits.text("openUserId", "userName"),
        "happened_at": moment(visits, "checkinsTimeStamp"),
        "account_id": visits.text("customerId"),
        "duration_seconds": f"CAST(CASE WHEN {stay} > 0 THEN {stay} // 1000 END AS VARCHAR)"
        if end != cells.NOTHING
        else end,
        "text": visits.text("contentText"),
    }
    return [Made("activities", columns, visits.rows)]
