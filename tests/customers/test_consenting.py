"""Consent: an answer per channel, with its date and source; the latest holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.consenting import consents_of, record_consent
from customers.models import Channel, Consent, Customer
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


def record(of: Customer, channel: str = "email", **values: Any) -> Consent:
    told = {"granted": True, "source": "Form of Nov 22", "at": timezone.now(), "by": SETUP}
    return record_consent(of.pk, channel, **(told | values))  # type: ignore[arg-type]


def held(of: Customer) -> dict[str, bool | None]:
    return {
        answer.channel.value: answer.consent.granted if answer.consent else None
        for answer in consents_of(of)
    }


def test_the_latest_answer_of_a_channel_holds_and_earlier_ones_are_kept() -> None:
    claire = customer()
    record(claire, at=timezone.now() - timedelta(days=9))
    record(claire, granted=False, source="Said at the desk")

    assert held(claire) == {"email": False, "sms": None, "phone": None, "post": None}
    assert Consent.objects.filter(customer=claire).count() == 2
    claire.refresh_from_db()
    assert claire.version == 3


def test_the_same_answer_again_changes_nothing() -> None:
    claire = customer()

    assert record(claire) == record(claire)
    assert Change.objects.filter(name="customer.updated").count() == 1


@pytest.mark.parametrize(
    ("channel", "values"),
    [("fax", {}), ("", {}), ("email", {"source": " "}), ("email", {"source": "a\x00b"}),
     ("email", {"source": "x" * 121})],
)  # fmt: skip
def test_half_an_answer_is_refused(channel: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        record(customer(), channel, **values)
    assert not Consent.objects.exists()


def test_only_those_who_change_customers_record_it() -> None:
    with pytest.raises(AccessDenied):
        record(customer(), by=actor(person("Billing")))


def test_the_page_shows_it_and_notes_a_new_answer() -> None:
    claire, browser = customer(), signed_in(person("Front desk"))
    place = f"/customers/{claire.pk}/consent/"

    said = {"channel": "sms", "source": "On the phone", "granted": "no"}
    html = browser.post(place, said, follow=True).content.decode()
    browser.post(place, {"channel": "sms", "source": ""})

    assert held(claire)["sms"] is False
    assert "On the phone" in html
    assert Consent.objects.get().channel == Channel.SMS
