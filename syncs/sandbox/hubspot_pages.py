"""The page on which a person sees what has arrived in the CRM."""

from html import escape
from pathlib import Path

from syncs.sandbox.serving import Reply
from syncs.sandbox.store import Store, Stored

SHOWN = 200
COLUMNS = {
    "contacts": ("firstname", "lastname", "email", "phone", "company"),
    "meetings": (
        "hs_meeting_title",
        "hs_meeting_outcome",
        "hs_meeting_start_time",
        "hs_meeting_end_time",
        "hub_appointment_staff",
    ),
    "deals": (
        "dealname",
        "dealstage",
        "hub_invoice_status",
        "hub_invoice_total",
        "hub_invoice_balance",
        "hub_invoice_currency",
        "hub_invoice_due_date",
    ),
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>CRM sandbox</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
</head><body><h1>CRM sandbox</h1>
<p>A stand-in for the customer's CRM, on this machine only. The newest {shown} of each kind.</p>
{tables}</body></html>"""


def index(store: Store) -> Reply:
    tables = "".join(_table(store, of) for of in COLUMNS)
    return Reply(200, PAGE.format(shown=SHOWN, tables=tables), media_type="text/html")


def stylesheet() -> Reply:
    text = Path(__file__).with_name("sandbox.css").read_text(encoding="utf-8")
    return Reply(200, text, media_type="text/css")


def _table(store: Store, of: str) -> str:
    records = store.page(of, archived=False)
    newest = sorted(records, key=lambda record: (record.updated_ms, record.id))[: -SHOWN - 1 : -1]
    heads = "".join(f'<th scope="col">{escape(_label(name))}</th>' for name in COLUMNS[of])
    link = "" if of == "contacts" else '<th scope="col">Contact</th>'
    rows = "".join(_row(store, record) for record in newest)
    title = f"<h2>{of.capitalize()} <small>{len(records)}</small></h2>"
    head = f'<thead><tr><th scope="col">Id</th>{heads}{link}</tr></thead>'
    return f"{title}<table>{head}<tbody>{rows}</tbody></table>"


def _row(store: Store, record: Stored) -> str:
    values = [str(record.id), *(record.properties.get(n, "") for n in COLUMNS[record.type])]
    if record.type != "contacts":
        values.append(", ".join(map(str, store.linked(record.type, record.id, "contacts"))))
    return f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"


def _label(name: str) -> str:
    for prefix in ("hs_meeting_", "hub_appointment_", "hub_"):
        name = name.removeprefix(prefix)
    return name.replace("_", " ").capitalize()
