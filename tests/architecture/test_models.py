"""Every record that people answer for has a history, and nobody can rewrite it."""

import pytest
from django.apps import apps
from django.db import connection, models
from simple_history.models import HistoricalChanges

from tests.architecture.sources import PACKAGES

# Without a history of their own, and why.
UNTRACKED = {
    "hub.Business": "one row, made by the first run",
    "hub.Change": "the outbox: is never changed",
    "hub.StoredFile": "named by its content",
    "hub.StoredAnswer": "kept for a day",
    "hub.Heartbeat": "a clock",
    "hub.RequestCount": "a counter, kept for its window",
    "hub.Inspection": "what the last nightly look found",
    "notifications.Notification": "its rows are the record of what was sent",
    "scheduling.ExternalCalendar": "what is known of a calendar that is read again and again",
    "scheduling.ExternalBusy": "follows from a calendar outside, which is the record",
    "scheduling.OnlineBooking": "is a record itself; its appointment is tracked",
    "scheduling.Hold": "kept for minutes; what comes of it is tracked",
    "scheduling.Occupancy": "follows from appointments, which are tracked",
    "scheduling.MovingInRow": "what moving in did; its appointments are tracked",
    "scheduling.MovedIn": "is a record itself, written with an appointment that is tracked",
    "scheduling.MovingInChoice": "a convenience for the next file",
    "billing.NumberSeries": "a counter; the numbers stand on the invoices",
    "billing.InvoiceTax": "written once, with the invoice that freezes it",
    "syncs.Stream": "position of the engine",
    "syncs.Job": "work of the engine; its attempts are kept",
    "syncs.Attempt": "is a record itself",
    "syncs.Link": "what the engine knows of the other side",
    "syncs.Alias": "what the engine knows of the other side",
    "syncs.InboundEvent": "a doorbell; what it says is read from the API",
    "syncs.ConnectionSecret": "a history of secrets would be a leak",
    "syncs.FieldRule": "set up with its connection; there is no page that edits it",
    "customers.Recognition": "is a record itself, only added to",
    "customers.MovedRow": "is a record itself, only added to",
    "customers.PendingComparison": "work to do",
    "customers.CustomerExport": "is a record itself, only added to",
    "customers.ImportRow": "what an import did; its customers are tracked",
    "customers.ColumnChoice": "a convenience for the next import",
    "customers.SavedFilter": "a bookmark of one person",
    "billing.DocumentPicture": "follows from the PDF and can be made again",
}


def own_models() -> list[type[models.Model]]:
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name.partition(".")[0] in PACKAGES
        for model in config.get_models()
    ]
    return [model for model in ours if not issubclass(model, HistoricalChanges)]


def test_every_model_is_tracked_or_says_why_not() -> None:
    without = {model._meta.label for model in own_models() if not hasattr(model, "history")}

    assert sorted(without - set(UNTRACKED)) == []
    assert sorted(set(UNTRACKED) - without) == []


def test_every_tracked_model_that_can_be_edited_has_a_version() -> None:
    added_and_ended = {"RoleGrant", "ContactPoint", "IdentityReview", "ApiKey"}
    added_and_ended |= {"Allocation", "Conflict", "ExternalId", "Consent", "PostalAddress"}
    added_and_ended |= {"Closure", "TimeOff", "Assignment"}
    tracked = [model for model in own_models() if hasattr(model, "history")]
    without = [
        model._meta.label
        for model in tracked
        if not any(field.name == "version" for field in model._meta.fields)
    ]

    assert [label for label in without if label.partition(".")[2] not in added_and_ended] == []


def test_no_model_orders_itself_or_grants_the_default_permissions() -> None:
    assert [model._meta.label for model in own_models() if model._meta.ordering] == []
    assert [model._meta.label for model in own_models() if model._meta.default_permissions] == []


@pytest.mark.django_db
def test_history_can_be_added_to_and_read_and_nothing_else() -> None:
    tables = [
        model.history.model._meta.db_table for model in own_models() if hasattr(model, "history")
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table FROM information_schema.triggers"
            " WHERE trigger_name = 'append_only_rows'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = current_user AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
        )
        rights = [row for row in cursor.fetchall() if row[0] in tables]

    assert sorted(set(tables) - guarded) == []
    assert rights == []
