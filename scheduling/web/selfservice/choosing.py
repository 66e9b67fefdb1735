"""The days and times of a page on which somebody without an account chooses one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from scheduling.local_times import YEARS, clock_name
from scheduling.search import OpenTime, Wish
from scheduling.selfservice.times import nearest_of, strip_of

Link = Callable[[date], str]


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day of the strip; ``count`` is how many times are free."""

    day: date
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class TimeChoice:
    value: str
    label: str
    is_chosen: bool = False
    is_unconfirmed: bool = False


class StartField(forms.CharField):
    """An instant as ``value_of`` writes it."""

    def __init__(self) -> None:
        super().__init__(
            max_length=25, widget=forms.HiddenInput, error_messages={"required": "Choose a time."}
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or moment.year not in YEARS:
            raise forms.ValidationError("Choose one of these times.")
        return moment.astimezone(UTC)


def value_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def asked_day(text: str) -> date | None:
    """Return the day in an address; nothing where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def times_of(
    wish: Wish, *, day: date | None, chosen: str, link: Link, at: datetime
) -> dict[str, Any]:
    """Return what the template of a choice shows: days, the times of one, links to other weeks."""
    strip = strip_of(wish, day=day, at=at)
    days = [
        DayLink(one, len(times), link(one), one == strip.day) for one, times in strip.days.items()
    ]
    shown = strip.days[strip.day]
    return {
        "days": days,
        "day": strip.day,
        "is_unconfirmed": any(one.is_unconfirmed for one in shown),
        "times": choices(shown, wish.zone, chosen=chosen),
        "earlier_url": link(strip.earlier) if strip.earlier else "",
        "later_url": link(strip.later) if strip.later else "",
    }


def nearest_to(wish: Wish, start_at: datetime | None, *, at: datetime) -> list[TimeChoice]:
    """Return the free times nearest to a refused one, with their days."""
    if start_at is None:
        return []
    return [
        TimeChoice(value_of(time.start_at), _with_day(time.start_at.astimezone(wish.zone)))
        for time in nearest_of(wish, start_at, at=at)
    ]


def choices(times: Iterable[OpenTime], zone: ZoneInfo, *, chosen: str) -> list[TimeChoice]:
    listed = ((value_of(one.start_at), one.start_at.astimezone(zone), one) for one in times)
    return [
        TimeChoice(value, clock_name(local), value == chosen, one.is_unconfirmed)
        for value, local, one in listed
    ]


def _with_day(local: datetime) -> str:
    return f"{local:%a, %b} {local.day}, {clock_name(local)}"
