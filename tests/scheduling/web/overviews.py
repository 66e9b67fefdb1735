"""How tests look at the week, the month and the list."""

import re
from datetime import date
from typing import Any

from django.test import Client

from tests.scheduling.web.conftest import query

MONDAY = date(2027, 3, 1)
VIEWS = ("list", "week", "month")


def opened(browser: Client, view: str, **asked: object) -> Any:
    answer = browser.get(f"/calendar/{view}/", query(**asked))
    assert answer.status_code == 200
    return answer


def text_of(browser: Client, view: str, **asked: object) -> str:
    """What can be read between navigation and scripts, in one line."""
    page = opened(browser, view, **asked).content.decode()
    main = page.split('id="calview"')[1].split("<dialog")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def shown(browser: Client, view: str, **asked: object) -> dict[date, list[str]]:
    """The customers under each day that has any."""
    context = opened(browser, view, **asked).context
    days = (
        context["days"] if view != "month" else [day for week in context["weeks"] for day in week]
    )
    return {
        day.date: [str(entry.appointment.customer) for entry in day.busy.entries]
        for day in days
        if day.busy.entries
    }
