"""The public booking page, as somebody sees it who has no account."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from customers.models import ContactPoint
from hub.notifications.sending import send_due
from scheduling.models import Appointment, Location, OnlineBooking, Service, Staff
from scheduling.web.selfservice import online
from tests.factories.customers import customer
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.selfservice.links import MAIL, place
from tests.scheduling.web.conftest import NOW
from tests.scheduling.web.test_feeds import logged

pytestmark = pytest.mark.django_db
__all__ = ["logged"]


@pytest.fixture
def dina() -> Staff:
    """Somebody whose haircuts can be booked on the page of Harbor Street."""
    salon = place()
    Location.objects.update(books_online=True, booking_slug="harbor")
    return staff("Dina Falk", place=salon, services=[service(books_online=True)])


def times_path() -> str:
    return f"/book/harbor/{service().pk}/"


def you_path() -> str:
    return f"{times_path()}you/"


def typed(**values: Any) -> dict[str, Any]:
    usual = {
        "key": uuid4(),
        "start": "2027-03-01T09:00Z",
        "staff": "",
        "given_name": "Ada",
        "family_name": "Winter",
        "email": MAIL,
        "phone": "040 5550100",
    }
    return usual | values


def send(browser: Client, **values: Any) -> Any:
    """Post the form as a browser does, with the token that the page gave."""
    browser.get(f"{you_path()}?start=2027-03-01T09:00Z")
    token = browser.cookies["hub_csrf"].value
    return browser.post(you_path(), typed(csrfmiddlewaretoken=token, **values))


def test_it_leads_from_the_service_to_the_booking(dina: Staff, ada_phone: Client) -> None:
    first = ada_phone.get("/book/")
    offered = ada_phone.get(first["Location"])
    shown = ada_phone.get(times_path(), {"date": "2027-03-01"})
    asked = ada_phone.get(f"{you_path()}?start=2027-03-01T09%3A00Z")
    answer = send(ada_phone)
    done = ada_phone.get(answer["Location"])

    assert first["Location"] == "/book/harbor/"
    assert f'href="{times_path()}"' in offered.text
    assert "45 min · €49.00" in offered.text
    assert "Mon, March 1, 2027, times of Europe/Berlin, UTC+1" in shown.text
    assert f'href="{you_path()}?&amp;start=2027-03-01T09%3A00Z">10:00</a>' in shown.text
    assert "Mon, March 1, 2027, 10:00" in asked.text
    assert "It is booked." in done.text
    assert "10:00 – 10:45" in done.text
    assert "Winter" not in done.text
    made = Appointment.objects.get()
    assert (made.start_at, made.staff, made.customer.name) == (MONDAY_9, dina, "Ada Winter")


def test_the_confirmation_goes_to_the_address_with_the_link(
    dina: Staff, ada_phone: Client
) -> None:
    send(ada_phone)
    send_due(at=NOW)

    (message,) = mail.outbox
    link = re.search(r"http://127.0.0.1:8000(/visits/\S+/)", str(message.body))
    assert message.to == [MAIL]
    assert link
    assert "Hello Ada" in ada_phone.get(link[1]).text


def test_whether_somebody_is_known_makes_no_difference_to_what_is_seen(
    dina: Staff, ada_phone: Client
) -> None:
    known = customer("Ada Maria Secret", email="known@winter.example", phone="+49 40 777")

    answers = [
        send(ada_phone, email=email, start=start)
        for email, start in (
            ("new@winter.example", "2027-03-01T09:00Z"),
            ("known@winter.example", "2027-03-02T09:00Z"),
        )
    ]
    pages = [ada_phone.get(answer["Location"]).text for answer in answers]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert known.appointments.count() == 1
    same = [re.sub(r"csrf-token[^>]+|Mon, March 1|Tue, March 2|A-\d+", "", page) for page in pages]
    assert same[0] == same[1]
    assert "Secret" not in pages[1]
    known.refresh_from_db()
    assert (known.name, known.version) == ("Ada Maria Secret", 1)
    assert ContactPoint.objects.filter(customer=known).count() == 2


def test_a_lost_time_comes_back_with_the_nearest_and_what_was_typed(
    dina: Staff, ada_phone: Client
) -> None:
    booked(client("Eve Other"), staff=dina)

    answer = send(ada_phone)

    assert answer.status_code == 409
    assert "This time is not free any more." in answer.text
    assert 'type="radio" name="start" value="2027-03-01T09:45Z"' in answer.text
    assert f'value="{MAIL}"' in answer.text
    assert [word for word in ("Eve", "Other") if word in answer.text] == []
    assert send(ada_phone, start="2027-03-01T09:45Z").status_code == 302


def test_sent_twice_it_is_booked_once(dina: Staff, ada_phone: Client) -> None:
    key = uuid4()

    answers = [send(ada_phone, key=key) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("given_name", "", "Tell us your name, please."),
        ("email", "nobody", "Enter a valid email address."),
        ("phone", "12", "phone"),
        ("website", "http://spam.example", "Leave this empty, please."),
        ("start", "soon", "Choose one of these times."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(
    dina: Staff, ada_phone: Client, field: str, value: str, text: str
) -> None:
    answer = send(ada_phone, **{field: value})

    assert answer.status_code == 422
    assert text in answer.text
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("text", ["", "soon", "9999-12-31T23:59Z", "0001-01-01T00:00Z", "x" * 99])
def test_an_address_with_no_time_leads_to_the_times(
    dina: Staff, ada_phone: Client, text: str
) -> None:
    asked = ada_phone.get(you_path(), {"start": text, "staff": text})
    shown = ada_phone.get(times_path(), {"date": text, "staff": text})

    assert (asked.status_code, asked["Location"]) == (302, times_path())
    assert "Mon, March 1, 2027, times of" in shown.text


def test_looking_and_forged_forms_book_nothing(dina: Staff, ada_phone: Client) -> None:
    query = "&".join(f"{name}={value}" for name, value in typed().items())

    looked = ada_phone.get(f"{you_path()}?{query}")
    forged = ada_phone.post(you_path(), typed())

    assert (looked.status_code, forged.status_code) == (200, 403)
    assert not Appointment.objects.exists()


def test_one_person_can_be_chosen(dina: Staff, ada_phone: Client) -> None:
    emil = staff("Emil", place=dina.location, position=2)

    shown = ada_phone.get(times_path(), {"staff": str(emil.pk), "date": "2027-03-01"})
    send(ada_phone, staff=str(emil.pk))

    assert f'value="{emil.pk}" selected' in shown.text
    assert f"you/?staff={emil.pk}&amp;start=" in shown.text
    assert Appointment.objects.get().staff == emil


def test_everything_is_off_until_somebody_switches_it_on(ada_phone: Client) -> None:
    salon = place()
    staff(place=salon, services=[service()])

    paths = ("/book/", "/book/harbor/", times_path(), you_path())
    assert [ada_phone.get(path).status_code for path in paths] == [404] * 4
    Location.objects.update(books_online=True, booking_slug="harbor")
    found = [ada_phone.get(path).status_code for path in paths]
    assert found == [302, 200, 404, 404]
    assert "Nothing can be booked online at the moment" in ada_phone.get("/book/harbor/").text
    Service.objects.update(books_online=True)
    assert ada_phone.get(times_path()).status_code == 200
    Location.objects.update(is_active=False)
    closed = ada_phone.get("/book/harbor/")
    assert (closed.status_code, "Nothing can be booked here" in closed.text) == (404, True)


def test_a_page_that_was_switched_off_meanwhile_books_nothing(
    dina: Staff, ada_phone: Client
) -> None:
    ada_phone.get(f"{you_path()}?start=2027-03-01T09:00Z")
    token = ada_phone.cookies["hub_csrf"].value
    Location.objects.update(books_online=False)

    answer = ada_phone.post(you_path(), typed(csrfmiddlewaretoken=token))

    assert answer.status_code == 404
    assert "hello@salon.example" in answer.text
    assert not Appointment.objects.exists()


def test_several_locations_are_chosen_from(dina: Staff, ada_phone: Client) -> None:
    location("Market", city="Kiel", books_online=True, booking_slug="market")

    listed = ada_phone.get("/book/")

    assert [slug for slug in ("harbor", "market") if f'href="/book/{slug}/"' in listed.text] == [
        "harbor",
        "market",
    ]


def test_what_was_booked_is_shown_for_a_day(dina: Staff, ada_phone: Client, clock: Any) -> None:
    address = send(ada_phone)["Location"]
    made = OnlineBooking.objects.get()

    assert address == f"/book/harbor/booked/{made.key}/"
    assert ada_phone.get(f"/book/harbor/booked/{uuid4()}/").status_code == 404
    assert ada_phone.get(f"/book/other/booked/{made.key}/").status_code == 404
    clock.shift(timedelta(hours=24, minutes=1))
    assert ada_phone.get(address).status_code == 404


def test_one_visitor_and_one_contact_book_so_often_an_hour(
    dina: Staff, ada_phone: Client, clock: Any
) -> None:
    def tries(count: int, **values: Any) -> list[int]:
        wrong = {"start": "2027-03-01T09:07Z", **values}
        return [send(ada_phone, **wrong).status_code for _ in range(count)]

    by_contact = tries(online.BY_CONTACT.most + 1)
    rest = online.BY_VISITOR.most - online.BY_CONTACT.most - 1
    clock.shift(timedelta(minutes=2))
    others = [
        tries(1, email=f"ada{number}@winter.example", phone=f"040 55502{number:02}")[0]
        for number in range(rest + 1)
    ]
    refused = send(ada_phone, email="last@winter.example")

    assert by_contact == [409] * online.BY_CONTACT.most + [429]
    assert others == [409] * rest + [429]
    assert refused["Retry-After"] == str(58 * 60)
    assert not Appointment.objects.exists()


def test_the_log_has_nothing_of_what_was_typed(
    dina: Staff, ada_phone: Client, logged: io.StringIO
) -> None:
    send(ada_phone)
    send(ada_phone, phone="12")
    send(ada_phone, start="2027-03-01T09:00Z", email="bo@winter.example")

    written = logged.getvalue()
    assert "/book/harbor/" in written
    assert [text for text in ("winter.example", "Winter", "5550100") if text in written] == []


def test_the_desk_sees_by_which_door_it_came(dina: Staff, ada_phone: Client, ben: Client) -> None:
    person("Administrator", name="Ida Two", email="two@hub.example")
    send(ada_phone)

    text = ben.get(Appointment.objects.get().get_absolute_url()).text

    assert "Visitor of the booking page · booking page" in text
    assert "Booked online by Ada Winter" in text
