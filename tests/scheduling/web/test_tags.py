"""Tags, color and source on the pages: typed, shown, filtered by, and never shown to customers."""

import re

import pytest
from django.test import Client

from hub.access import Capability
from scheduling.models import Appointment, Location, Staff
from tests.factories.clients import api_key
from tests.factories.scheduling import booked, client
from tests.scheduling.selfservice.links import path, visit
from tests.scheduling.web.conftest import typed
from tests.scheduling.web.overviews import MONDAY, VIEWS, opened, shown

pytestmark = pytest.mark.django_db


def test_a_booking_in_the_panel_takes_tags_and_a_color(
    ben: Client, salon: Location, dina: Staff
) -> None:
    wanted = typed(
        salon, customer=client().pk, staff=dina.pk, tags="VIP, first  visit,", color="red"
    )

    answer = ben.post("/appointments/", wanted)

    made = Appointment.objects.get()
    assert answer.status_code == 200
    assert (made.tags, made.color) == (["vip", "first visit"], "red")
    assert made.booked_through == "browser"
    assert '<option value="first visit">' in answer.text  # offered for the next one


def test_a_tag_that_cannot_be_one_is_refused_at_its_field(
    ben: Client, salon: Location, dina: Staff
) -> None:
    answer = ben.post("/appointments/", typed(salon, customer=client().pk, tags="x" * 41))

    assert answer.status_code == 422
    assert list(answer.context["panel"]["form"].errors) == ["tags"]
    assert not Appointment.objects.exists()


def test_the_page_changes_tags_and_color_and_says_where_it_came_from(
    ben: Client, dina: Staff
) -> None:
    made = booked(staff=dina, tags=("vip",))
    asked = {"notes": "", "tags": "vip, late", "color": "teal", "version": "1"}

    saved = ben.post(f"/appointments/{made.pk}/notes/", asked)

    page = ben.get(f"/appointments/{made.pk}/").text
    made.refresh_from_db()
    assert saved.status_code == 302
    assert (made.tags, made.color) == (["vip", "late"], "teal")
    for words in ('<span class="tag">late</span>', "Teal", "Moved in"):
        assert words in page
    assert 'value="vip, late"' in page


def test_an_appointment_of_before_says_that_its_source_was_not_recorded(
    ben: Client, dina: Staff
) -> None:
    made = booked(staff=dina)
    Appointment.objects.update(booked_through="")

    assert "Not recorded" in ben.get(f"/appointments/{made.pk}/").text


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_narrowed_to_a_tag_and_to_a_source(
    view: str, ben: Client, dina: Staff
) -> None:
    booked(client("Mara Winter"), staff=dina, tags=("vip",), color="pink")
    ivo = booked(client("Ivo Petrov"))
    Appointment.objects.filter(pk=ivo.pk).update(booked_through="booking_page")

    assert shown(ben, view, tag="vip") == {MONDAY: ["Mara Winter"]}
    assert shown(ben, view, source="booking_page") == {MONDAY: ["Ivo Petrov"]}
    page = opened(ben, view, tag="vip").text
    assert re.search(r'<option value="vip" selected>', page)
    assert "mark-pink" in page
    assert re.search("color: pink", page, re.IGNORECASE)  # never by the color alone
    assert "There is no such tag" in opened(ben, view, tag="a\x01b").text
    assert "There is no such source" in opened(ben, view, source="fax").text


def test_customers_behind_their_link_see_no_tags(ada_phone: Client) -> None:
    appointment = visit(client("Ada Winter", email="ada@winter.example"), tags=("never pays",))

    for name in ("visit", "visit_move", "visit_cancel", "visit_file"):
        assert "never pays" not in ada_phone.get(path(appointment, name), follow=True).text


def test_the_api_books_changes_and_finds_by_tag_color_and_source(dina: Staff) -> None:
    key = api_key(Capability.VIEW_CALENDAR, Capability.BOOK_APPOINTMENT, Capability.VIEW_CUSTOMER)
    plain, marked = booked(staff=dina), booked(tags=("vip",))
    url = f"/api/v1/appointments/apt_{marked.pk.hex}"
    etag = key.get(url)["ETag"]

    changed = key.patch(url, {"tags": ["VIP", "Late"], "color": "olive"}, etag=etag)
    wrong = key.patch(url, {"tags": ["a,b"]}, etag=changed["ETag"])

    assert (changed.json()["tags"], changed.json()["color"]) == (["vip", "late"], "olive")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/tags")
    listed = key.get("/api/v1/appointments", tag="LATE").json()["data"]
    assert [one["id"] for one in listed] == [f"apt_{marked.pk.hex}"]
    assert key.get("/api/v1/appointments", source="browser").json()["data"] == []
    Appointment.objects.filter(pk=plain.pk).update(booked_through="browser")
    [one] = key.get("/api/v1/appointments", source="browser,api").json()["data"]
    assert (one["id"], one["source"], one["tags"]) == (f"apt_{plain.pk.hex}", "browser", [])
