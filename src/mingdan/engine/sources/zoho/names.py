"""Zoho's names: modules and fields as its interface calls them, and other writings of them.

Module and field names are those of Zoho's own SDK; labels of exports from the web pages differ by spaces and case.
"""

import re

from mingdan.engine.sources.sheets import heading_form

FIELDS_BY_MODULE: dict[str, tuple[str, ...]] = {
    "Deals": ("Deal_Name", "Stage", "Amount", "Closing_Date", "Pipeline", "Reason_For_Loss__s", "Type", "Lead_Source"),
    "Accounts": ("Account_Type", "Industry", "Billing_Street", "Billing_City", "Billing_State", "Billing_Country"),
    "Contacts": ("First_Name", "Last_Name", "Full_Name", "Title", "Email", "Mobile", "Phone", "Contact_Name"),
    "Leads": ("Company", "Lead_Status", "Converted__s", "Converted_Account", "Converted_Deal"),
    "Quotes": ("Quote_Number", "Quote_Stage", "Valid_Till", "Sub_Total", "Discount", "Grand_Total", "Quote_Name"),
    "Sales_Orders": ("SO_Number", "Sales_Order", "Shipping_Street", "Shipping_City", "Shipping_State"),
    "Invoices": ("Invoice_Number", "Invoice_Date"),
    "Calls": (
        "Call_Type",
        "Call_Start_Time",
        "Call_Duration",
        "Call_Duration_in_seconds",
        "Dialled_Number",
        "CTI_Entry",
    ),
    "Events": ("Event_Title", "Start_DateTime", "End_DateTime", "Check_In_Time"),
    "Tasks": ("Due_Date", "Closed_Time", "Priority"),
    "Notes": ("Note_Title", "Note_Content", "Parent_Id"),
    "Cases": ("Case_Number", "Case_Reason", "Case_Origin"),
    "Products": ("Product_Name", "Product_Category", "Product_Code", "Unit_Price"),
    "Users": ("full_name", "reporting_to", "role", "profile", "zuid"),
    "Quoted_Items": ("Quantity", "List_Price", "Net_Total", "Total_After_Discount", "Total"),
    "Ordered_Items": (),
    "Invoiced_Items": (),
}

STANDARD_STAGES = {
    "qualification": "identification",
    "needs analysis": "needs",
    "perception analysis": "needs",
    "value proposition": "solution",
    "identify decision makers": "solution",
    "id. decision makers": "solution",
    "proposal/price quote": "quotation",
    "negotiation/review": "negotiation",
}
"""Zoho's standard pipeline in its own order: deciders are named after the solution is proposed, so both are `solution`."""

_SYSTEM_FIELDS = re.findall(
    r"\S+",
    """
    id name Owner Created_By Created_Time Modified_Time Account_Name Deal_Name Currency Subject Status Description Who_Id
    What_Id Website Caller_ID Account_Number Shipping_Country Shipping_Code Billing_Code
    """,
)

_OTHER_MODULE_NAMES = {
    "potentials": "Deals",
    "opportunities": "Deals",
    "meetings": "Events",
    "salesorders": "Sales_Orders",
    "user": "Users",
}

_OTHER_HEADINGS = {
    "recordid": "id",
    "potentialname": "Deal_Name",
    "meetingowner": "Owner",
    "host": "Owner",
    "relatedto": "What_Id",
    "product": "Product_Name",
    "userid": "id",
    "leadconvertedtime": "Converted_Date_Time",
}

_SIGNATURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Deals", ("Deal_Name", "Stage", "Closing_Date")),
    ("Quotes", ("Quote_Stage", "Account_Name")),
    ("Sales_Orders", ("SO_Number", "Account_Name")),
    ("Invoices", ("Invoice_Number", "Account_Name")),
    ("Leads", ("Lead_Status", "Company")),
    ("Contacts", ("Last_Name", "Account_Name")),
    ("Calls", ("Call_Start_Time", "Call_Type")),
    ("Events", ("Event_Title", "Start_DateTime")),
    ("Tasks", ("Subject", "Due_Date", "Closed_Time")),
    ("Notes", ("Note_Content", "Parent_Id")),
    ("Cases", ("Case_Number", "Case_Origin")),
    ("Products", ("Product_Name", "Unit_Price")),
    ("Accounts", ("Account_Name", "Owner", "Industry")),
    ("Users", ("full_name", "profile", "role")),
)
"""Which columns give a module away where the file is called after a job's number, as bulk reads are."""

_BY_FORM = {heading_form(name): name for names in FIELDS_BY_MODULE.values() for name in names} | {
    heading_form(name): name for name in _SYSTEM_FIELDS
}
_MODULES = {heading_form(name): name for name in FIELDS_BY_MODULE} | _OTHER_MODULE_NAMES
_OWNER = re.compile(
    r"^(?:deal|potential|account|contact|lead|quote|salesorder|invoice|call|task|event|case|note|product)owner$"
)


def api_name(heading: str) -> str:
    """Return the interface's name of a heading (Deal Owner.id -> Owner.id); unknown ones only lose their spaces."""
    return ".".join(_part(part) for part in heading.split("."))


def module_name(name: str, headings: tuple[str, ...]) -> str | None:
    """Return the module that a raw table holds, by its name or else by its columns; None if it is none of Zoho's."""
    form = heading_form(name)
    if form in _MODULES:
        return _MODULES[form]
    columns = {api_name(heading).split(".")[0] for heading in headings}
    return next((module for module, signs in _SIGNATURES if columns.issuperset(signs)), None)


def signature(module: str) -> tuple[str, ...]:
    """Return the columns that a module cannot do without."""
    return dict(_SIGNATURES).get(module, ())


def _part(part: str) -> str:
    form = heading_form(part)
    if _OWNER.match(form):
        return "Owner"
    return _OTHER_HEADINGS.get(form) or _BY_FORM.get(form) or re.sub(r"\s+", "_", part.strip())
