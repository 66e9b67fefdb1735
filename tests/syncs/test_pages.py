"""The sync pages: what they show, to whom, and what they let people do."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub import history
from hub.models import Heartbeat
from syncs import conflicts, jobs
from syncs.merge import Clash
from syncs.models import Connection, Job
from syncs.overview import needs_attention
from syncs.states import ConflictType, JobState
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Connection:
    made = Connection(vendor="hubspot", label="HubSpot", owner=person("Administrator"))
    return history.create(made, by=SETUP)


@pytest.fixture
def browse() -> Callable[[str | None], Client]:
    def signed_in(role: str | None) -> Client:
        client = Client()
        if role:
            client.force_login(
                person(role, email=f"{uuid4().hex}@hub.example"),
                backend="allauth.account.auth_backends.AuthenticationBackend",
            )
        return client

    return signed_in


def stopped(account: Connection, key: str) -> int:
    (job_id,) = jobs.request([(account.pk, key)])
    claim = jobs.claim(job_id=job_id)
    assert claim is not None
    jobs.stop(claim, state=JobState.PARKED, code="invalid", message="E-mail is not valid there.")
    return job_id


def test_a_stopped_record_is_named_with_its_cause_and_a_retry(
    account: Connection, browse: Callable[[str], Client]
) -> None:
    claire = customer("Claire Marchetti")
    job_id = stopped(account, f"obj:customer:{claire.pk}")

    page = browse("Manager").get("/sync/").content.decode()

    assert "Claire Marchetti" in page
    assert "E-mail is not valid there." in page
    assert f"/sync/jobs/{job_id}/retry/" in page


def test_a_retry_sets_the_job_going_and_is_kept_in_the_outbox(
    account: Connection, browse: Callable[[str], Client]
) -> None:
    job_id = stopped(account, f"obj:customer:{customer().pk}")

    answer = browse("Manager").post(f"/sync/jobs/{job_id}/retry/")

    assert answer.status_code == 302
    assert Job.objects.get(pk=job_id).state == JobState.READY


@pytest.mark.parametrize(
    ("role", "status"),
    [("Manager", 302), ("Administrator", 302), ("Front desk", 403), ("Billing", 403)],
)
def test_only_managers_and_administrators_retry(
    account: Connection, browse: Callable[[str], Client], role: str, status: int
) -> None:
    job_id = stopped(account, f"obj:customer:{customer().pk}")

    assert browse(role).post(f"/sync/jobs/{job_id}/retry/").status_code == status


def test_a_conflict_is_shown_with_both_values_and_closed_by_an_answer(
    account: Connection, browse: Callable[[str], Client]
) -> None:
    clash = {"phone": Clash("+4930111", "+4930222", "+4930333")}
    asked = conflicts.open_for(
        account,
        None,
        ConflictType.BOTH_CHANGED,
        message="Changed on both sides.",
        clashes=clash,
        subject=f"customer:{customer().pk}",
    )
    ada = browse("Manager")

    page = ada.get("/sync/").content.decode()
    ada.post(f"/sync/conflicts/{asked.pk}/", {"answer": "hub"})

    assert "+4930222" in page
    assert "+4930333" in page
    asked.refresh_from_db()
    assert (asked.state, asked.resolution, asked.resolved_by) == ("resolved", "hub", "Ada Manager")


def test_an_answer_that_does_not_fit_changes_nothing(
    account: Connection, browse: Callable[[str], Client]
) -> None:
    asked = conflicts.open_for(
        account, None, ConflictType.BOTH_CHANGED, message="?", clashes={}, subject="customer:x"
    )

    browse("Manager").post(f"/sync/conflicts/{asked.pk}/", {"answer": "nonsense"})

    asked.refresh_from_db()
    assert asked.state == "open"


def test_tries_are_counted_without_an_end_that_an_outage_outlives(account: Connection) -> None:
    job_id = stopped(account, "obj:customer:7a0c0000-0000-7000-8000-000000000000")
    Job.objects.filter(pk=job_id).update(state=JobState.READY, attempts=30)

    assert [item.tries for item in needs_attention()] == ["30"]


def test_nothing_connected_says_so(browse: Callable[[str], Client]) -> None:
    assert "Nothing is connected" in browse("Manager").get("/sync/").content.decode()


def test_the_overview_takes_as_many_queries_for_one_connection_as_for_three(
    account: Connection, browse: Callable[[str], Client]
) -> None:
    ada = browse("Manager")
    stopped(account, f"obj:customer:{customer('Person One').pk}")
    ada.get("/sync/")
    with CaptureQueriesContext(connection) as one:
        ada.get("/sync/")

    for number in range(2):
        more = Connection(vendor="hubspot", label=f"CRM {number}", owner=account.owner)
        history.create(more, by=SETUP)
        for _ in range(3):
            stopped(more, f"obj:customer:{customer(f'Person {uuid4().hex}').pk}")
    with CaptureQueriesContext(connection) as three:
        ada.get("/sync/")

    assert len(three) == len(one)


@pytest.mark.parametrize(
    "path", ["/sync/jobs/999999/", "/sync/of/customer/{id}/", "/sync/of/x/{id}/"]
)
def test_what_does_not_exist_is_not_found(browse: Callable[[str], Client], path: str) -> None:
    assert browse("Manager").get(path.format(id=uuid4())).status_code == 404


def test_the_panel_of_a_record_is_as_hidden_as_the_record(
    browse: Callable[[str], Client],
) -> None:
    claire = customer()

    assert browse("Practitioner").get(f"/sync/of/customer/{claire.pk}/").status_code == 403
    assert browse("Front desk").get(f"/sync/of/customer/{claire.pk}/").status_code == 200


def test_health_turns_red_when_the_sweeper_is_gone_or_work_has_stopped(
    account: Connection, browse: Callable[[None], Client]
) -> None:
    monitor = browse(None)
    assert monitor.get("/healthz/sync").status_code == 503

    Heartbeat.objects.create(name="sync sweeper", beat_at=timezone.now())
    assert monitor.get("/healthz/sync").status_code == 200

    stopped(account, f"obj:customer:{customer().pk}")
    assert monitor.get("/healthz/sync").status_code == 503
