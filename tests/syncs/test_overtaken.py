"""A run that lost its lease wakes up late: it must not undo what its successor has done."""

import pytest

from hub import history
from hub.identifiers import uuid7
from syncs import jobs, linking
from syncs.failures import Transient
from syncs.models import Attempt, Connection, Link
from syncs.states import LinkStatus
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> Link:
    made = Connection(vendor="hubspot", label="HubSpot", owner=person("Administrator"))
    return linking.get_or_create(history.create(made, by=SETUP), "customer", uuid7())


def job_of(link: Link) -> int:
    key = jobs.object_key(link.kind, link.local_id)
    (job_id,) = jobs.request([(link.connection_id, key)])
    return job_id


def place(link: Link) -> None:
    """What the run does that took over."""
    Link.objects.filter(pk=link.pk).update(
        remote_id="4711", status=LinkStatus.LINKED, generation=link.generation
    )


def test_a_late_run_neither_forgets_a_new_link_nor_creates_twice(link: Link) -> None:
    job_id = job_of(link)
    place(link)

    with pytest.raises(Transient):
        linking.announce_create(job_id, link, request_id="")

    link.refresh_from_db()
    assert (link.remote_id, link.status) == ("4711", LinkStatus.LINKED)
    assert not Attempt.objects.exists()


def test_a_late_run_that_makes_it_anew_is_stopped_as_well(link: Link) -> None:
    job_id = job_of(link)
    place(link)
    link.refresh_from_db()
    linking.begin_again(link)
    place(link)

    with pytest.raises(Transient):
        linking.announce_create(job_id, link, request_id="")


def test_making_it_anew_is_announced(link: Link) -> None:
    job_id = job_of(link)
    place(link)
    link.refresh_from_db()
    linking.begin_again(link)

    linking.announce_create(job_id, link, request_id="")

    link.refresh_from_db()
    assert link.remote_id is None
    assert linking.has_unfinished_create(link)
