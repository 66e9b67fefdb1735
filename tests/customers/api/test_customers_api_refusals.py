"""What the API of customers refuses: wrong values, unknown records, callers without the right."""

from typing import Any
from uuid import UUID

import pytest

from customers.models import Customer
from hub.access import Capability
from tests.customers.api.paths import URL, url
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import person

pytestmark = pytest.mark.django_db
C = Capability


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"given_name": ""}, "#/given_name"),
        ({"given_name": None}, "#/given_name"),
        ({"given_name": 7}, "#/given_name"),
        ({"given_name": "x" * 81}, "#/given_name"),
        ({"given_name": "a\u0000b"}, "#/given_name"),
        ({"given_name": "a\u202eb"}, "#/given_name"),
        ({"given_name": ["Claire"]}, "#/given_name"),
        ({"email": "nonsense"}, "#/email"),
        ({"email": f"{'a' * 300}@example.com"}, "#/email"),
        ({"phone": "12"}, "#/phone"),
        ({"phone": "9" * 100_000}, "#/phone"),
        ({"phone": 33612345678}, "#/phone"),
        ({"region": "XX"}, "#/region"),
        ({"country": "fr"}, "#/country"),
        ({"language": "french"}, "#/language"),
        ({"time_zone": "Mars/Olympus"}, "#/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "#/time_zone"),
        ({"notes": "n" * 4001}, "#/notes"),
        ({"notes": "e" + "\u0301" * 100_000}, "#/notes"),
        ({"number": 1}, "#/number"),
        ({"canonical": "x", "version": 9}, "#/canonical"),
    ],
)
def test_a_wrong_value_is_refused_at_its_pointer(
    tool: ApiClient, claire: Customer, wrong: dict[str, Any], pointer: str
) -> None:
    etag = tool.get(url(claire))["ETag"]
    named = {"family_name": ""} if "given_name" in wrong else {"given_name": "Luc"}

    added = tool.post(URL, named | wrong)
    changed = tool.patch(url(claire), {"family_name": "", "city": "Nice"} | wrong, etag=etag)

    for answer in (added, changed):
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    claire.refresh_from_db()
    assert (Customer.objects.count(), claire.version, claire.city) == (1, 1, "")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"a":' * 5000])
def test_what_is_no_record_is_refused(tool: ApiClient, body: bytes) -> None:
    assert tool.post(URL, body).status_code == 400


@pytest.mark.parametrize(
    "query",
    [{"phone": "x"}, {"email": "\u0000"}, {"updated_since": "yesterday"}, {"order": "name"},
     {"limit": "0"}, {"cursor": "x"}, {"q": "x" * 101}],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_by_name(tool: ApiClient, query: dict[str, Any]) -> None:
    answer = tool.get(URL, **query)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"?{next(iter(query))}"]


@pytest.mark.parametrize(
    "unknown", ["x", "cus_x", f"cus_{UUID(int=1).hex}", f"apt_{UUID(int=1).hex}"]
)
def test_an_unknown_id_is_not_found(tool: ApiClient, unknown: str) -> None:
    for path in (f"{URL}/{unknown}", f"{URL}/{unknown}/history"):
        assert tool.get(path).status_code == 404
    assert tool.patch(f"{URL}/{unknown}", {"city": "Lyon"}, etag='"x"').status_code == 404


@pytest.mark.parametrize(
    ("held", "reads", "adds", "history"),
    [
        (C.VIEW_CUSTOMER, 200, 403, 403),
        (C.EDIT_CUSTOMER, 403, 403, 403),
        (C.VIEW_HISTORY, 403, 403, 404),
        (C.VIEW_CALENDAR, 403, 403, 403),
    ],
)
def test_a_key_does_what_its_scopes_allow(
    claire: Customer, held: C, *, reads: int, adds: int, history: int
) -> None:
    key = api_key(held)

    assert (key.get(URL).status_code, key.get(url(claire)).status_code) == (reads, reads)
    assert key.post(URL, {"given_name": "Luc"}).status_code == adds
    assert key.patch(url(claire), {"city": "Lyon"}, etag='"x"').status_code in (403, 404)
    assert key.get(url(claire, "history")).status_code == history
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "reads", "adds"),
    [
        ("Front desk", 200, 201),
        ("Manager", 200, 201),
        ("Billing", 200, 403),
        ("Administrator", 200, 403),
        ("Practitioner", 404, 403),
        (None, 403, 403),
    ],
)
def test_a_person_does_what_the_role_allows(
    claire: Customer, role: str | None, reads: int, adds: int
) -> None:
    somebody = ApiClient.as_person(person(role))

    assert somebody.get(url(claire)).status_code == reads
    assert somebody.post(URL, {"given_name": "Luc"}).status_code == adds


def test_without_a_key_nothing_is_shown(claire: Customer) -> None:
    nobody = ApiClient({})

    assert nobody.get(url(claire)).status_code == 401
    assert nobody.post(URL, {"given_name": "Luc"}).status_code == 401
