"""Consecutive numbers without gaps, per legal entity, kind of document and year."""

from datetime import date

from django.db import connection

from billing.models import LegalEntity, NumberSeries
from hub.errors import DomainError


class DateOutOfOrder(DomainError):
    code = "issue_date_out_of_order"


def next_number(
    entity: LegalEntity, *, document_type: str, issue_date: date
) -> tuple[NumberSeries, int, str]:
    """Take the next number: the series, the bare number and its text, such as ``2026-0001``.

    The row stays locked until the commit: a rollback gives the number back, so none is ever
    skipped. Take it last, right before the document is written, so that others wait briefly.

    :raises DateOutOfOrder: a later date was issued in this series already.
    """
    period = str(issue_date.year)
    NumberSeries.objects.get_or_create(
        legal_entity=entity,
        document_type=document_type,
        period=period,
        defaults={"prefix": f"{period}-"},
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(_TAKE, [issue_date, entity.pk, document_type, period, issue_date])
        row = cursor.fetchone()
    if row is None:
        raise DateOutOfOrder("An invoice with a later date was issued already.")
    series = NumberSeries.objects.get(pk=row[0])
    return series, int(row[1]), f"{series.prefix}{row[1]:0{series.digits}d}"


def expected_number(
    entity: LegalEntity, *, document_type: str, issue_date: date
) -> tuple[str, date | None]:
    """Return the number that would be next, and the latest date issued in its series.

    Only ``next_number`` gives one: somebody else may come first.
    """
    period = str(issue_date.year)
    series = NumberSeries.objects.filter(
        legal_entity=entity, document_type=document_type, period=period
    ).first()
    if series is None:
        series = NumberSeries(period=period, prefix=f"{period}-")
    return str(series), series.last_issue_date


_TAKE = """
    UPDATE billing_numberseries
    SET next_number = next_number + 1, last_issue_date = %s
    WHERE legal_entity_id = %s AND document_type = %s AND period = %s
      AND coalesce(last_issue_date, '-infinity'::date) <= %s
    RETURNING id, next_number - 1
"""
