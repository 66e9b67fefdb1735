"""Everything known, consent and erasure over the API."""

from typing import Any

import pytest
from django.utils import timezone

from customers.models import Channel, Consent, Customer
from customers.updating import update_customer
from hub.access import Capability
from hub.models import Change, StoredAnswer
from scheduling.canceling import cancel_appointment
from tests.customers.api.paths import cus, url
from tests.customers.merged import merge
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked

pytestmark = pytest.mark.django_db
C = Capability
REASON = {"reason": "Asked on November 22"}
YES = {"channel": "email", "granted": True, "source": "Form of November 22"}


@pytest.fixture
def tool() -> ApiClient:
    return api_key(C.VIEW_CUSTOMER, C.EDIT_CUSTOMER, C.EXPORT_CUSTOMER, C.ERASE_CUSTOMER)


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", city="Lyon")


def send(tool: ApiClient, of: Customer, verb: str, body: Any, *, key: str = "") -> Any:
    seen = tool.get(url(of)).headers["ETag"]
    return tool.post(url(of, verb), body, key=key, etag=seen)


def announced(name: str) -> int:
    return Change.objects.filter(name=name).count()


def test_everything_known_is_one_document_and_taking_it_is_announced(
    tool: ApiClient, claire: Customer
) -> None:
    clara = customer("Clara Roux", email="clara@roux.example")
    merge(claire, clara)
    visit = booked(claire, notes="Likes tea")

    answer = tool.get(url(claire, "dossier"))

    told = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert [record["code"] for record in told["records"]] == [claire.code, clara.code]
    assert told["records"][0]["details"]["city"] == "Lyon"
    assert str(visit.notes) in answer.content.decode()
    assert {"records", "appointments", "invoices"} <= set(told)
    assert announced("customer.exported") == 1


def test_consents_are_read_and_noted(tool: ApiClient, claire: Customer) -> None:
    before = tool.get(url(claire, "consents"))

    answer = tool.post(url(claire, "consents"), YES, etag=before.headers["ETag"])

    consent = Consent.objects.get()
    unasked = {"granted": None, "given_at": None, "source": None}
    told = answer.json()
    given_at = told["consents"][0].pop("given_at")
    assert answer.status_code == 200, answer.content
    assert given_at == consent.given_at.isoformat().replace("+00:00", "Z")
    assert told == {
        "customer": cus(claire),
        "consents": [YES, *({"channel": name} | unasked for name in ("sms", "phone", "post"))],
    }
    assert [one["granted"] for one in before.json()["consents"]] == [None] * 4
    assert answer.headers["ETag"] != before.headers["ETag"]


def test_an_answer_repeated_with_its_key_or_without_is_one_answer(
    tool: ApiClient, claire: Customer
) -> None:
    seen = tool.get(url(claire)).headers["ETag"]

    answers = [
        tool.post(url(claire, "consents"), YES, key="consent-1", etag=seen) for _ in range(2)
    ]
    again = send(tool, claire, "consents", YES)

    assert answers[0].json() == answers[1].json() == again.json()
    assert Consent.objects.count() == 1


def test_the_latest_answer_holds_and_the_earlier_one_is_kept(
    tool: ApiClient, claire: Customer
) -> None:
    send(tool, claire, "consents", YES)

    answer = send(tool, claire, "consents", YES | {"granted": False, "source": "Call"})

    assert answer.json()["consents"][0]["granted"] is False
    assert list(Consent.objects.order_by("given_at").values_list("granted", flat=True)) == [
        True,
        False,
    ]


def test_asking_says_what_would_stay_and_changes_nothing(
    tool: ApiClient, claire: Customer
) -> None:
    booked(claire)

    answer = tool.get(url(claire, "erasure"))

    told = answer.json()
    assert told["id"] == cus(claire)
    assert told["obstacles"] == ["An appointment is still to come: cancel first."]
    assert [one["what"] for one in told["kept"]] == ["The appointment, without notes or name."]
    assert all(one["why"] for one in told["kept"])
    assert tool.get(url(claire)).json()["name"] == "Claire Marchetti"


def test_erasing_says_what_was_kept_and_leaves_nothing_else(
    tool: ApiClient, claire: Customer
) -> None:
    visit = booked(claire)
    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    noted = send(tool, claire, "consents", YES, key="consent-1")
    assert noted.status_code == 200

    answer = send(tool, claire, "erase", REASON)

    claire.refresh_from_db()
    told = answer.json()
    assert answer.status_code == 200, answer.content
    assert claire.erased_at is not None
    assert told["erased_at"] == claire.erased_at.isoformat().replace("+00:00", "Z")
    assert [one["what"] for one in told["kept"]] == ["The appointment, without notes or name."]
    assert tool.get(url(claire)).json()["name"] == "Erased customer"
    assert not StoredAnswer.objects.exists(), "answers kept for repeats are personal, too"
    assert announced("customer.erased") == 1


def test_a_repeat_with_the_same_key_is_answered_alike(tool: ApiClient, claire: Customer) -> None:
    seen = tool.get(url(claire)).headers["ETag"]

    answers = [tool.post(url(claire, "erase"), REASON, key="erase-1", etag=seen) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert announced("customer.erased") == 1


def test_what_is_going_on_and_a_second_time_are_refused(tool: ApiClient, claire: Customer) -> None:
    visit = booked(claire)
    coming = send(tool, claire, "erase", REASON)
    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    send(tool, claire, "erase", REASON)

    again = send(tool, claire, "erase", REASON)
    noted = send(tool, claire, "consents", YES)

    assert [one.status_code for one in (coming, again, noted)] == [409, 409, 404]
    assert [one.json()["code"] for one in (coming, again)] == ["cannot_erase"] * 2
    assert tool.get(url(claire, "erasure")).json()["obstacles"] == [
        "This customer was erased already."
    ]


def test_whoever_was_merged_away_is_erased_with_the_survivor(
    tool: ApiClient, claire: Customer
) -> None:
    clara = customer("Clara Roux", email="clara@roux.example")
    merge(claire, clara)

    refused = send(tool, clara, "erase", REASON)
    done = send(tool, claire, "erase", REASON)

    assert (refused.status_code, done.status_code) == (409, 200)
    clara.refresh_from_db()
    assert clara.name == "Erased customer"


def test_erasing_needs_what_was_seen(tool: ApiClient, claire: Customer) -> None:
    seen = tool.get(url(claire)).headers["ETag"]
    update_customer(claire.pk, {"city": "Paris"}, by=SETUP)

    without = tool.post(url(claire, "erase"), REASON)
    stale = tool.post(url(claire, "erase"), REASON, etag=seen)
    consent = tool.post(url(claire, "consents"), YES)

    assert [one.status_code for one in (without, stale, consent)] == [428, 412, 428]
    claire.refresh_from_db()
    assert claire.erased_at is None


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("erase", {}, "#/reason"),
        ("erase", {"reason": ""}, "#/reason"),
        ("erase", {"reason": "   "}, "#/reason"),
        ("erase", {"reason": "x" * 101}, "#/reason"),
        ("erase", {"reason": "a\u202eb"}, "#/reason"),
        ("erase", {"reason": 7}, "#/reason"),
        ("erase", REASON | {"force": True}, "#/force"),
        ("consents", YES | {"channel": "fax"}, "#/channel"),
        ("consents", YES | {"granted": "yes"}, "#/granted"),
        ("consents", YES | {"source": " "}, "#/source"),
        ("consents", YES | {"source": "a\x00b"}, "#/source"),
        ("consents", {"channel": "email", "source": "Call"}, "#/granted"),
    ],
)
def test_hostile_bodies_name_their_fault(
    tool: ApiClient, claire: Customer, verb: str, body: dict[str, Any], pointer: str
) -> None:
    answer = send(tool, claire, verb, body)

    assert answer.status_code == 400, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    claire.refresh_from_db()
    assert (claire.erased_at, Consent.objects.count()) == (None, 0)


@pytest.mark.parametrize("path", ["dossier", "erasure"])
def test_a_key_without_the_scope_learns_nothing(claire: Customer, path: str) -> None:
    narrow = api_key(C.VIEW_CUSTOMER, C.EDIT_CUSTOMER)

    assert narrow.get(url(claire, path)).status_code == 403
    assert send(narrow, claire, "erase", REASON).status_code == 403
    assert announced("customer.exported") == 0


def test_a_key_that_sees_nobody_takes_nobody_out(claire: Customer) -> None:
    blind = api_key(C.EXPORT_CUSTOMER, C.ERASE_CUSTOMER)

    paths = ("dossier", "erasure")
    assert [blind.get(url(claire, path)).status_code for path in paths] == [404, 404]


def test_practitioners_read_the_consents_of_their_own_customers_only(claire: Customer) -> None:
    browser = ApiClient.as_person(person("Practitioner"))

    assert browser.get(url(claire, "consents")).status_code == 404


def test_channels_of_the_api_are_those_of_the_page(tool: ApiClient, claire: Customer) -> None:
    told = tool.get(url(claire, "consents")).json()["consents"]

    assert [one["channel"] for one in told] == [channel.value for channel in Channel]
