"""Every resource of the product keeps the conventions, whoever wrote it."""

from typing import Any

import pytest
from django.apps import apps

from customers.addresses import add_address
from customers.models import IdentityReview
from hub.identifiers import public_id
from tests.architecture.addresses import ApiAction, api_actions
from tests.customers.merged import merge
from tests.factories.billing import draft
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, closure, feed, room, special_day, time_off
from tests.scheduling.holding import held
from tests.scheduling.planned import planned
from tests.scheduling.recurring import started
from tests.scheduling.waiting.list_of import waits

pytestmark = pytest.mark.django_db
CHANGES = [one for one in api_actions() if one.method != "get" and "<id>" in one.route]
LISTS = [one for one in api_actions() if one.name == "list"]
WRITERS = [one for one in api_actions() if one.name in one.viewset.inputs]
RECORD_DEPTH = 4  # /api/v1/customers/cus_…
READERS = [one for one in api_actions() if one.name == "retrieve"]

# What practitioners see of their own only.
OF_SOMEBODY = [
    one
    for one in READERS
    if one.viewset.prefix in {"apt", "cus", "off", "spd", "stf", "wrk", "wte"}
]


@pytest.fixture
def tool(settings: Any) -> ApiClient:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    return api_key()


@pytest.fixture
def records(tool: ApiClient) -> dict[str, str]:
    """A record of each kind, by the prefix of its id."""
    visit, bill = booked(), draft("49.00")
    customer("Claire Marchetti")
    customer("Claire Marchetti")
    merged = merge(visit.customer, customer("Clara Roux"))
    known = {
        "adr": add_address(visit.customer_id, {"kind": "work", "city": "Lyon"}, by=SETUP).pk,
        "apt": visit.pk,
        "clo": closure().pk,
        "cus": visit.customer_id,
        "fed": feed(visit.staff).feed.pk,
        "dup": IdentityReview.objects.values_list("pk", flat=True)[0],
        "inv": bill.pk,
        "loc": visit.location_id,
        "mrg": merged.pk,
        "res": room().pk,
        "ser": started().pk,
        "ses": planned().pk,
        "wte": waits(of=visit.service).pk,
        "svc": visit.service_id,
        "spd": special_day(visit.staff).pk,
        "stf": visit.staff_id,
        "off": time_off(visit.staff).pk,
        "wrk": visit.staff.working_hours.get().pk,
    }
    named = {prefix: public_id(prefix, pk) for prefix, pk in known.items()}
    return named | {"hld": held(tool)}


def path(action: ApiAction, records: dict[str, str]) -> str:
    place = action.route.replace("<id>", records[action.viewset.prefix])
    for name, prefix in action.viewset.parts.items():
        place = place.replace(f"<{name}>", records.get(prefix, ""))
    return place


def version(tool: ApiClient, place: str) -> str:
    """Return the ETag of the record that ``place`` is about; nothing for a list."""
    record = "/".join(place.split("/")[:5])
    is_record = record.count("/") == RECORD_DEPTH and "_" in record
    return str(tool.get(record)["ETag"]) if is_record else ""


def send(tool: ApiClient, action: ApiAction, place: str, body: Any, etag: str = "") -> Any:
    if action.method == "delete":
        return tool.delete(place, etag=etag)
    return getattr(tool, action.method)(place, body, etag=etag)


@pytest.mark.parametrize("action", CHANGES, ids=str)
def test_a_change_needs_the_present_version(
    action: ApiAction, tool: ApiClient, records: dict[str, str]
) -> None:
    place = path(action, records)
    present = version(tool, place)
    stale = present.replace('"', '"9', 1)

    asked = [send(tool, action, place, {}, etag) for etag in ("", "*", stale)]

    assert [answer.status_code for answer in asked] == [428, 428, 412]


@pytest.mark.parametrize("action", WRITERS, ids=str)
def test_no_writer_takes_a_field_that_it_does_not_declare(
    action: ApiAction, tool: ApiClient, records: dict[str, str]
) -> None:
    place = path(action, records)
    etag = version(tool, place)
    declared = set(action.viewset.inputs[action.name]().fields)
    names = {field.name for model in apps.get_models() for field in model._meta.fields}

    refused = send(tool, action, place, dict.fromkeys(names - declared, "x"), etag)

    assert refused.status_code == 400
    assert {fault["code"] for fault in refused.json()["errors"]} == {"unknown_field"}
    assert len(refused.json()["errors"]) == len(names - declared)


@pytest.mark.parametrize("action", WRITERS, ids=str)
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{", b"null", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(
    action: ApiAction, body: bytes, tool: ApiClient, records: dict[str, str]
) -> None:
    place = path(action, records)
    etag = version(tool, place)

    assert send(tool, action, place, body, etag).status_code == 400


@pytest.mark.parametrize("action", LISTS, ids=str)
def test_an_unknown_parameter_is_refused(action: ApiAction, tool: ApiClient) -> None:
    refused = tool.get(action.route, surprise="1")

    assert refused.status_code == 400
    assert "?surprise" in {fault["pointer"] for fault in refused.json()["errors"]}


@pytest.mark.parametrize("action", LISTS, ids=str)
def test_nul_in_a_parameter_is_refused_and_not_stored(action: ApiAction, tool: ApiClient) -> None:
    for name in action.viewset.filterset_class.base_filters:
        query: dict[str, Any] = {name: "a\x00b"}
        assert tool.get(action.route, **query).status_code == 400, name


@pytest.mark.parametrize("action", OF_SOMEBODY, ids=str)
def test_a_hidden_record_looks_like_an_absent_one(
    action: ApiAction, records: dict[str, str]
) -> None:
    paula = ApiClient.as_person(person("Practitioner"))
    prefix = action.viewset.prefix

    hidden = paula.get(path(action, records))
    absent = paula.get(action.route.replace("<id>", f"{prefix}_{'0' * 32}"))

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json() | {"request_id": ""} == absent.json() | {"request_id": ""}


@pytest.mark.parametrize("action", READERS, ids=str)
def test_a_record_is_known_again_by_its_etag(
    action: ApiAction, tool: ApiClient, records: dict[str, str]
) -> None:
    place = path(action, records)

    again = tool.get(place, headers={"If-None-Match": tool.get(place)["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("action", READERS, ids=str)
def test_an_id_of_another_kind_is_not_found(
    action: ApiAction, tool: ApiClient, records: dict[str, str]
) -> None:
    swapped = {path(action, {action.viewset.prefix: other}) for other in records.values()}
    statuses = {place: tool.get(place).status_code for place in swapped}

    assert sorted(statuses.values()) == [200] + [404] * (len(swapped) - 1)
