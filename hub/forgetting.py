"""Delete what was kept for a while only: answers to repeats, ended sessions, spent counters."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from hub.models import RequestCount, StoredAnswer

ANSWERS_KEPT = timedelta(hours=24)


def forget_old_rows(*, at: datetime) -> dict[str, int]:
    """Return how many rows of each kind went."""
    answers, _ = StoredAnswer.objects.filter(answered_at__lt=at - ANSWERS_KEPT).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM hub_cache WHERE expires < %s", [at])
        counters = cursor.rowcount
    counts, _ = RequestCount.objects.filter(ends_at__lt=at).delete()
    return {"answers": answers, "sessions": sessions, "counters": counters + counts}
