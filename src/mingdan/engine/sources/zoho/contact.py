"""Calls, meetings, tasks, notes and cases of a Zoho export."""

from mingdan.engine.sources import cells
from mingdan.engine.sources.modules import Made, Module
from mingdan.engine.sources.zoho.export import Export

_CASE_KINDS = {
    "problem": "repair",
    "repair": "repair",
    "warranty": "warranty",
    "question": "question",
    "complaint": "complaint",
    "installation": "installation",
}

_TASK_KINDS = (
    ("email", "e-?mail|邮件"),
    ("call", "^call|phone|电话"),
    ("demo", "demo|演示"),
    ("meeting", "meeting|会议|visit|拜访"),
)


def made_of_contact(export: Export) -> list[Made]:
    """Return activities (what people entered), calls (what the telephone system recorded) and tickets."""
    return [
        *_calls(export),
        *_typed_calls(export),
        *_events(export),
        *_tasks(export),
        *_notes(export),
        *_tickets(export),
    ]


def _seconds(calls: Module) -> str:
    """Return SQL for a call's seconds: as counted, or from minutes and seconds as shown (05:30)."""
    counted, shown = calls.number("Call_Duration_in_seconds"), calls.text("Call_Duration")
    if shown == cells.NOTHING:
        return counted
    minutes = f"TRY_CAST(regexp_extract({shown}, '^([0-9]+):([0-9]{{2}})$', 1) AS BIGINT)"
    seconds = f"TRY_CAST(regexp_extract({shown}, '^([0-9]+):([0-9]{{2}})$', 2) AS BIGINT)"
    from_shown = f"CAST({minutes} * 60 + {seconds} AS VARCHAR)"
    return from_shown if counted == cells.NOTHING else f"coalesce({counted}, {from_shown})"


def _captured(calls: Module) -> str:
    """Return a condition: the telephone system made this entry, not a person."""
    return f"coalesce(lower({calls.text('CTI_Entry')}), '') = 'true'"


def _calls(export: Export) -> list[Made]:
    calls = export.module("Calls")
    if not calls.has("id", "Call_Start_Time", "CTI_Entry"):
        return []
    columns = {
        "call_id": export.id(calls),
        "employee_id": export.owner(calls),
        "started_at": calls.moment("Call_Start_Time"),
        "phone": calls.text("Dialled_Number", "Caller_ID"),
        "account_id": "coalesce(w.account_id, p.account_id)",
        "seconds": _seconds(calls),
        "direction": cells.chosen(
            f"lower({calls.text('Call_Type')})", {"outbound": "out", "inbound": "in", "missed": "in"}
        ),
    }
    return [Made("calls", columns, f"{_pointing(export, calls)} WHERE {_captured(calls)}")]


def _typed_calls(export: Export) -> list[Made]:
    calls = export.module("Calls")
    if not calls.has("Call_Start_Time"):
        return []
    columns = _activity(export, calls, "call", happened=calls.moment("Call_Start_Time"))
    columns["duration_seconds"] = _seconds(calls)
    columns["text"] = cells.joined([calls.text("Subject"), calls.text("Description")], ". ")
    return [Made("activities", columns, f"{_pointing(export, calls)} WHERE NOT {_captured(calls)}")]


def _events(export: Export) -> list[Made]:
    """Return meetings; one with a check-in is a visit, at the time of the check-in."""
    events = export.module("Events")
    if not events.has("Start_DateTime"):
        return []
    check_in = events.text("Check_In_Time")
    columns = _activity(export, events, "meeting", happened=events.moment("Check_In_Time", "Start_DateTime"))
    if check_in != cells.NOTHING:
        columns["kind"] = f"CASE WHEN {check_in} IS NULL THEN 'meeting' ELSE 'visit' END"
    if events.has("End_DateTime"):
        start, end = (f"TRY_CAST({events.text(name)} AS TIMESTAMPTZ)" for name in ("Start_DateTime", "End_DateTime"))
        columns["duration_seconds"] = f"CAST(date_diff('second', {start}, {end}) AS VARCHAR)"
    columns["text"] = cells.joined([events.text("Event_Title"), events.text("Description")], ". ")
    return [Made("activities", columns, f"{_pointing(export, events)} WHERE {_not_ahead(events)}")]


def _not_ahead(events: Module) -> str:
    """Return a condition: the meeting had begun when the export was made, as far as its last change tells."""
    stamp = cells.first_of(
        [part for part in (events.text("Modified_Time"), events.text("Created_Time")) if part != cells.NOTHING]
    )
    if stamp == cells.NOTHING:
        return "true"
    newest = f"(SELECT max(TRY_CAST({stamp} AS TIMESTAMPTZ)) FROM {events.rows})"
    return f"coalesce(TRY_CAST({events.text('Start_DateTime')} AS TIMESTAMPTZ) <= {newest}, true)"


def _tasks(export: Export) -> list[Made]:
    """Return tasks that were done; their kind is what the subject says."""
    tasks = export.module("Tasks")
    if not tasks.has("Closed_Time"):
        return []
    subject = f"lower({tasks.text('Subject')})"
    cases = " ".join(f"WHEN regexp_matches({subject}, '{words}') THEN '{kind}'" for kind, words in _TASK_KINDS)
    columns = _activity(export, tasks, "note", happened=tasks.moment("Closed_Time"))
    columns["kind"] = f"CASE {cases} ELSE 'note' END"
    columns["text"] = cells.joined([tasks.text("Subject"), tasks.text("Description")], ". ")
    return [Made("activities", columns, f"{_pointing(export, tasks)} WHERE {tasks.text('Closed_Time')} IS NOT NULL")]


def _notes(export: Export) -> list[Made]:
    notes = export.module("Notes")
    if not notes.has("Created_Time"):
        return []
    columns = _activity(export, notes, "note", happened=notes.moment("Created_Time"))
    columns["text"] = cells.joined([notes.text("Note_Title"), notes.text("Note_Content")], ". ")
    return [Made("activities", columns, _pointing(export, notes, "Parent_Id"))]


def _activity(export: Export, module: Module, kind: str, *, happened: str) -> dict[str, str]:
    own = export.id(module)
    return {
        "activity_id": own if own != cells.NOTHING else f"'{module.name}-' || CAST(m._row AS VARCHAR)",
        "kind": f"'{kind}'",
        "employee_id": export.owner(module),
        "happened_at": happened,
        "recorded_at": module.moment("Created_Time"),
        "account_id": "coalesce(w.account_id, p.account_id)",
        "contact_id": "p.contact_id",
        "opportunity_id": "w.opportunity_id",
    }


def _pointing(export: Export, module: Module, what: str = "What_Id") -> str:
    """Return FROM with `w`, what an activity is about, and `p`, the person it was with."""
    about = export.lookup(module, what, "Deals", "Accounts")
    person = export.lookup(module, "Who_Id", "Contacts")
    return (
        f"{module.rows} LEFT JOIN {export.refs} AS w ON w.id = {about} LEFT JOIN {export.refs} AS p ON p.id = {person}"
    )


def _tickets(export: Export) -> list[Made]:
    cases = export.module("Cases")
    if not cases.has("id"):
        return []
    kind = cases.text("Type")
    columns = {
        "ticket_id": export.id(cases),
        "opened_at": cases.moment("Created_Time"),
        "kind": kind if kind == cells.NOTHING else f"nullif({cells.chosen(kind, _CASE_KINDS, '')}, '')",
        "account_id": export.lookup(cases, "Account_Name", "Accounts"),
        "product_id": export.lookup(cases, "Product_Name", "Products"),
        "phone": cases.text("Phone"),
        "text": cells.joined([cases.text("Subject"), cases.text("Description")], ". "),
    }
    return [Made("tickets", columns, cases.rows)]
