"""What is open to everybody is open so often; whoever asks, and through whichever process."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from hub.models import RequestCount
from hub.rationing import Ration, TooManyRequests, spend
from hub.visitors import visitor_of
from tests.factories.threads import at_once

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
FEW = Ration("few", 3, timedelta(minutes=10))


def outcome(principal: str = "one", *, at: datetime = NOON, ration: Ration = FEW) -> int:
    """Return how long to wait, 0 when it may go on."""
    try:
        spend(ration, principal, at=at)
    except TooManyRequests as refusal:
        return refusal.wait_seconds
    return 0


@pytest.mark.django_db
def test_a_ration_is_spent_within_its_window_and_full_again_after_it() -> None:
    later = NOON + timedelta(minutes=9, seconds=30)

    assert [outcome() for _ in range(4)] == [0, 0, 0, 600]
    assert outcome(at=later) == 30
    assert [outcome("other"), outcome(ration=Ration("more", 9, FEW.window))] == [0, 0]
    assert [outcome(at=NOON + FEW.window) for _ in range(4)] == [0, 0, 0, 600]


@pytest.mark.django_db
def test_the_counts_do_not_say_who_asked() -> None:
    spend(FEW, "ada@winter.example", at=NOON)

    (row,) = RequestCount.objects.values_list("bucket", flat=True)
    assert len(row) == 64
    assert "ada" not in row


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_by_one() -> None:
    found = at_once(20, lambda _: outcome())

    assert found.count(0) == FEW.most
    assert RequestCount.objects.get().count == 20


@pytest.mark.parametrize(
    ("proxy", "peer", "forwarded", "expected"),
    [
        ("", "192.0.2.7", "", "192.0.2.7"),
        ("", "192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("proxy", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("proxy", "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("proxy", "127.0.0.1", "", "127.0.0.1"),
        ("", "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "::ffff:192.0.2.7", "", "192.0.2.7"),
        ("", "", "", ""),
    ],
)
def test_a_visitor_is_known_by_what_can_be_trusted(
    settings: Any, proxy: str, peer: str, forwarded: str, expected: str
) -> None:
    settings.BEHIND_PROXY = bool(proxy)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert visitor_of(request) == expected
