"""Hours of a day: what people type, what the database keeps, what is shown."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidInput
from scheduling.hours import DAY_MINUTES, Hours, clock, read_hours
from tests.factories.scheduling import staff

minutes = st.integers(0, DAY_MINUTES)
stretches = st.lists(
    st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]), max_size=6
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9-17", "09:00–17:00"),
        ("09:00–12:30, 13:30–18:00", "09:00–12:30, 13:30–18:00"),
        ("13.30 - 18; 9 to 12.30", "09:00–12:30, 13:30–18:00"),
        ("9am-5:30pm", "09:00–17:30"),
        ("12am–12pm", "00:00–12:00"),
        ("2-5pm", "14:00–17:00"),
        ("9-5pm", "09:00–17:00"),
        ("11-1pm", "11:00–13:00"),
        ("22-24", "22:00–24:00"),
        ("22:00–00:00", "22:00–24:00"),
        ("8h30 – 12h", "08:30–12:00"),
        ("9-12 and 12-13", "09:00–13:00"),
        ("  ", ""),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, shown: str) -> None:
    assert str(read_hours(typed, field="monday")) == shown


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("morning", "is not like 09:00–17:30"),
        ("25-26", "names a time that no day has"),
        ("9:75-10", "names a time that no day has"),
        ("13pm-14pm", "names a time that no day has"),
        ("17-9", "ends before it starts"),
        ("9-9", "ends before it starts"),
        ("9-13, 12-17", "These hours overlap at 12:00"),
        (",".join(f"{hour}-{hour}:30" for hour in range(9)), "At most 8 stretches"),
        ("9-1７", "is not like"),
        ("9" * 5000, "is not like"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(typed: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        read_hours(typed, field="monday")

    assert refused.value.field == "monday"


@given(stretches)
def test_what_is_shown_is_read_back_as_the_same(parts: list[tuple[int, int]]) -> None:
    hours = Hours(parts)
    few = Hours([part for _, part in zip(range(8), hours, strict=False)])

    assert read_hours(str(few), field="monday") == few


@given(stretches)
def test_every_minute_is_in_the_hours_that_is_in_a_stretch(parts: list[tuple[int, int]]) -> None:
    hours = Hours(parts)

    inside = {minute for start, end in parts for minute in range(start, end)}
    assert {minute for start, end in hours for minute in range(start, end)} == inside
    assert all(
        earlier[1] < later[0] for earlier, later in zip(hours, list(hours)[1:], strict=False)
    )


@pytest.mark.parametrize("part", [(-1, 5), (5, 5), (6, 5), (0, DAY_MINUTES + 1)])
def test_a_stretch_outside_of_a_day_is_a_mistake(part: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no stretch of a day"):
        Hours([part])


@pytest.mark.django_db
def test_the_database_gives_back_what_it_was_given() -> None:
    dina = staff(hours="09:00–12:30, 13:30–24:00")

    assert str(dina.working_hours.get().on(0)) == "09:00–12:30, 13:30–24:00"


@pytest.mark.django_db
def test_the_column_joins_what_overlaps_whoever_writes_it() -> None:
    dina = staff(hours="9-12")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_workinghours SET monday = '{[540,720),[700,800)}'"
            " WHERE staff_id = %s",
            [dina.pk],
        )

    assert str(dina.working_hours.get().on(0)) == f"09:00–{clock(800)}"
