"""Machine-made requests against every operation: no failure of ours, no undeclared answer."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from customers.addresses import add_address
from customers.models import IdentityReview
from hub.identifiers import public_id
from hub.wsgi import application
from tests.customers.merged import merge
from tests.factories.billing import draft
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import booked, closure, feed, room, special_day, time_off
from tests.scheduling.holding import held
from tests.scheduling.planned import planned
from tests.scheduling.recurring import started
from tests.scheduling.waiting.list_of import waits

EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Send = Callable[[Any], None]


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    document = SchemaGenerator(urlconf="hub.urls").get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    found: Any = schema.get_all_operations()
    return [one.ok() for one in found]


@pytest.fixture
def tool(settings: Any) -> ApiClient:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    return api_key()


@pytest.fixture
def records(tool: ApiClient) -> dict[str, str]:
    """The address of one record of each kind, by the first word of the path."""
    visit, bill = booked(), draft("49.00")
    add_address(visit.customer_id, {"kind": "work", "street": "1 rue Royale"}, by=SETUP)
    merged = merge(visit.customer, customer("Clara Roux"))
    known = {
        "duplicates": public_id("dup", IdentityReview.objects.get().pk),
        "merges": public_id("mrg", merged.pk),
        "appointments": public_id("apt", visit.pk),
        "invoices": public_id("inv", bill.pk),
        "customers": public_id("cus", visit.customer_id),
        "locations": public_id("loc", visit.location_id),
        "resources": public_id("res", room().pk),
        "services": public_id("svc", visit.service_id),
        "staff": public_id("stf", visit.staff_id),
        "series": public_id("ser", started().pk),
        "closures": public_id("clo", closure().pk),
        "working-hours": public_id("wrk", visit.staff.working_hours.get().pk),
        "special-days": public_id("spd", special_day(visit.staff).pk),
        "time-off": public_id("off", time_off(visit.staff).pk),
        "feeds": public_id("fed", feed(visit.staff).feed.pk),
        "holds": held(tool),
        "sessions": public_id("ses", planned().pk),
        "waiting-entries": public_id("wte", waits(of=visit.service).pk),
    }
    return {kind: f"/api/v1/{kind}/{pk}" for kind, pk in known.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_breaks_the_api(
    operations: list[Any], mode: GenerationMode, tool: ApiClient
) -> None:
    def send(case: Any) -> None:
        case.call_and_validate(headers=tool.headers, checks=CHECKS)

    failed = attack(operations, mode, send)
    assert not failed, "\n\n".join(failed.values())


@pytest.mark.django_db(transaction=True)
def test_no_request_breaks_a_record_that_is_there(
    operations: list[Any], tool: ApiClient, records: dict[str, str]
) -> None:
    on_records = [one for one in operations if "{id}" in one.path]

    def send(case: Any) -> None:
        place = records[case.path.split("/")[3]]
        case.path_parameters["id"] = place.rpartition("/")[2]
        if "address" in case.path_parameters:
            for address in tool.get(f"{place}/addresses").json()["addresses"]:
                case.path_parameters["address"] = address["id"]
        seen = tool.get(place).headers.get("ETag", "")
        case.call_and_validate(headers=tool.headers | {"If-Match": seen}, checks=CHECKS)

    failed = attack(on_records, GenerationMode.POSITIVE, send)
    assert not failed, "\n\n".join(failed.values())


def attack(operations: list[Any], mode: GenerationMode, send: Send) -> dict[str, str]:
    """Return what went wrong, by operation; all of it is told together."""
    failed = {}
    for operation in operations:
        run = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )(given(operation.as_strategy(generation_mode=mode))(send))
        try:
            run()
        except (Exception, BaseExceptionGroup) as failure:  # noqa: BLE001
            failed[operation.label] = str(failure)[:2000]
    return failed
