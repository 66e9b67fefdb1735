"""The conventions of the API, on a resource made for this."""

from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from hub.access import Capability
from hub.models import ApiKey
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import person
from tests.hub.rest_sample import CardViewSet

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.hub.rest_sample")]
CARDS = "/api/v1/cards"


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


@pytest.fixture
def tool() -> ApiClient:
    return api_key()


def test_a_record_is_created_with_its_place_and_its_version(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})

    assert made.status_code == 201
    assert made["Location"].endswith(f"{CARDS}/{made.json()['id']}")
    assert tool.get(made["Location"])["ETag"] == made["ETag"]


def test_the_change_is_in_the_history_under_the_name_of_the_key(tool: ApiClient) -> None:
    tool.post(CARDS, {"name": "Ada"})

    version = Customer.objects.get().history.get()
    assert (version.actor_kind, version.actor_name, version.source) == ("key", "Test tool", "api")


def test_a_problem_says_what_where_and_in_which_request(tool: ApiClient) -> None:
    refused = tool.post(CARDS, {"name": "", "surprise": 1})

    assert refused["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem.pop("request_id")
    assert problem == {
        "type": "urn:problem-type:hub:invalid",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
        "detail": "surprise: There is no such field here.",
        "errors": [
            {
                "pointer": "#/surprise",
                "code": "unknown_field",
                "detail": "There is no such field here.",
            }
        ],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", 5),
        ("name", True),
        ("name", "x" * 81),
        ("name", "a\u0000b"),
        ("name", ["Ada"]),
        ("email", "nobody"),
        ("starts_at", "2026-11-24T09:30:00"),
        ("starts_at", "2026-13-24T09:30:00Z"),
        ("starts_at", "0001-01-01T00:00:00+14:00"),
        ("starts_at", 0),
        ("price", 49.5),
        ("price", "49,50"),
        ("price", "1e3"),
        ("price", "NaN"),
        ("price", "٤٩"),
        ("price", "1.00001"),
        ("count", "3"),
        ("count", True),
        ("count", -1),
        ("count", 2**31),
        ("is_shared", "yes"),
        ("color", "green"),
        ("color", ["red"]),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ["UTC"]),
        ("twin", "apt_" + "0" * 32),
        ("twin", "cus_" + "0" * 32),
        ("twin", {"id": 1}),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(tool: ApiClient, field: str, value: Any) -> None:
    refused = tool.post(CARDS, {"name": "Ada"} | {field: value})

    assert refused.status_code == 400
    assert [pointer for pointer, _ in codes(refused)] == [f"#/{field}"]
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'"text"', b"5", b'{"name": "\\ud800"}', b"\xff", b"[" * 5000, b"NaN"],
)
def test_a_body_that_is_no_object_is_refused(tool: ApiClient, body: bytes) -> None:
    assert tool.post(CARDS, body).status_code == 400


def test_a_body_over_one_megabyte_is_refused(tool: ApiClient) -> None:
    refused = tool.post(CARDS, {"name": "x" * 1_048_576})

    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_other_media_types_are_refused(tool: ApiClient) -> None:
    form = tool.browser.post(CARDS, {"name": "Ada"}, headers=tool.headers)
    xml = tool.get(CARDS, headers={"Accept": "application/xml"})

    assert (form.status_code, xml.status_code) == (415, 406)
    assert form["Content-Type"] == xml["Content-Type"] == "application/problem+json"


def test_errors_of_the_domain_keep_their_code_and_their_details(tool: ApiClient) -> None:
    wrong = tool.post(CARDS, {"name": "forbidden"})
    made = tool.post(CARDS, {"name": "Ada"})
    locked = tool.patch(made["Location"], {"name": "locked"}, etag=made["ETag"])

    assert (wrong.status_code, codes(wrong)) == (400, [("#/name", "invalid")])
    assert (locked.status_code, codes(locked)) == (409, [("#/name", "locked")])
    assert locked.json()["details"] == {"until": "noon"}


@pytest.mark.parametrize(
    "name", ["cus_" + "0" * 32, "cus_nothing", "apt_" + "0" * 32, "1", "a%00b"]
)
def test_an_absent_record_and_a_wrong_id_are_both_not_found(tool: ApiClient, name: str) -> None:
    assert tool.get(f"{CARDS}/{name}").status_code == 404


def test_a_change_needs_the_version_that_was_seen(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})
    place = made["Location"]

    without = tool.patch(place, {"name": "Bea"})
    anything = tool.patch(place, {"name": "Bea"}, etag="*")
    weak = tool.patch(place, {"name": "Bea"}, etag=f"W/{made['ETag']}")
    first = tool.patch(place, {"name": "Bea"}, etag=made["ETag"])
    stale = tool.patch(place, {"name": "Cleo"}, etag=made["ETag"])

    asked = (without, anything, weak, first, stale)
    assert [answer.status_code for answer in asked] == [428, 428, 412, 200, 412]
    assert first["ETag"] != made["ETag"]
    assert tool.get(place).json()["name"] == "Bea"


def test_actions_on_a_record_and_deletes_need_it_too(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})

    assert tool.post(f"{made['Location']}/rename", {"name": "Bea"}).status_code == 428
    assert tool.delete(made["Location"]).status_code == 428
    assert tool.delete(made["Location"], etag=made["ETag"]).status_code == 204


def test_whoever_has_a_record_already_gets_no_content(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})

    known = tool.get(made["Location"], headers={"If-None-Match": f'"other", W/{made["ETag"]}'})
    other = tool.get(made["Location"], headers={"If-None-Match": '"other"'})

    assert (known.status_code, known.content, known["ETag"]) == (304, b"", made["ETag"])
    assert other.status_code == 200


def test_an_empty_change_is_refused(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})

    assert codes(tool.patch(made["Location"], {}, etag=made["ETag"])) == [("#", "empty")]


def test_what_one_may_not_see_is_null() -> None:
    blind = api_key(Capability.VIEW_CUSTOMER, Capability.EDIT_CUSTOMER)

    assert blind.post(CARDS, {"name": "Ada"}).json()["price"] is None
    assert isinstance(api_key().get(CARDS).json()["data"][0]["price"], str)


def test_without_a_key_or_sign_in_there_is_only_a_challenge() -> None:
    nobody = Client().get(CARDS)

    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_authenticated")
    assert nobody["WWW-Authenticate"] == 'Bearer realm="Hub API"'


@pytest.mark.parametrize("method", ["put", "options", "trace"])
def test_other_methods_are_not_allowed(tool: ApiClient, method: str) -> None:
    answer = getattr(tool.browser, method)(CARDS, headers=tool.headers)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_an_action_that_declares_no_capability_has_no_address(tool: ApiClient) -> None:
    assert tool.post(f"{CARDS}/undeclared").status_code == 405  # what an id would answer


def test_an_action_that_lost_its_capability_is_closed(
    tool: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CardViewSet, "capabilities", {})

    assert tool.get(CARDS).status_code == 403


def test_a_key_without_the_capability_is_refused() -> None:
    reader = api_key(Capability.VIEW_CUSTOMER)

    refused = reader.post(CARDS, {"name": "Ada"})
    assert reader.get(CARDS).status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_person_uses_the_session_with_its_csrf_token() -> None:
    ada = ApiClient.as_person(person("Manager"))
    ada.browser.handler.enforce_csrf_checks = True

    refused = ada.post(CARDS, {"name": "Ada"})
    ada.browser.cookies["hub_csrf"] = token = "a" * 32
    ada.headers["X-CSRFToken"] = token
    made = ada.post(CARDS, {"name": "Ada"})

    assert (refused.status_code, made.status_code) == (403, 201)
    version = Customer.objects.get().history.get()
    assert (version.actor_kind, version.actor_name, version.source) == (
        "user",
        "Ada Manager",
        "api",
    )


def test_a_wrong_key_is_not_replaced_by_the_cookie() -> None:
    ada = ApiClient.as_person(person("Manager"))
    ada.headers["Authorization"] = "Bearer nonsense"

    assert ada.get(CARDS).status_code == 401


def test_every_answer_says_how_much_is_left(tool: ApiClient, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2

    answers = [tool.get(CARDS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"default";q=2;w=60'
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert api_key().get(CARDS).status_code == 200


def test_a_forged_address_does_not_help_against_the_limit(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    tool = api_key()
    tool.get(CARDS)

    assert tool.get(CARDS, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429


def test_the_database_holds_no_key(tool: ApiClient) -> None:
    token = tool.headers["Authorization"].split()[1]
    key = ApiKey.objects.get()

    kept = [str(value) for value in key.__dict__.values()]
    kept += [str(value) for value in key.history.get().__dict__.values()]

    assert not [text for text in kept if token in text or token[-43:] in text]
