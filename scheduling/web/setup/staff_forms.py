"""What people fill in about staff: details, services, special days, time off."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from hub.accounts.models import User
from scheduling.models import Location, Service
from scheduling.web.setup.forms import HUES, HoursInput, SetupForm, day_field, name_field, offer


class StaffForm(SetupForm):
    name = name_field()
    location = forms.ChoiceField(
        label="Belongs to", help_text="Hours at other locations are added on their page."
    )
    user = forms.ChoiceField(
        label="Signs in as", required=False, help_text="To see and change their own calendar."
    )
    hue = forms.ChoiceField(label="Color", choices=HUES, initial="1")
    capacity = forms.IntegerField(
        label="Appointments at once",
        min_value=1,
        max_value=100,
        initial=1,
        help_text="1, unless they look after several customers at the same time.",
    )
    position = forms.IntegerField(
        label="Place in the calendar", min_value=0, max_value=9999, initial=0
    )

    def __init__(
        self, *args: Any, locations: Iterable[Location], users: Iterable[User], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._locations = {str(place.pk): place for place in locations}
        self._users = {str(user.pk): user for user in users}
        offer(self, "location", [(pk, place.name) for pk, place in self._locations.items()])
        signed_in = [(pk, f"{user.name} · {user.email}") for pk, user in self._users.items()]
        offer(self, "user", [("", "Nobody"), *signed_in])

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {
            "location": self._locations[values["location"]],
            "user": self._users.get(values["user"]),
            "hue": int(values["hue"]),
        }


class SkillsForm(forms.Form):
    services = forms.MultipleChoiceField(
        label="Services", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: QuerySet[Service], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["services"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(str(each.pk), each.name) for each in offered]

    def chosen(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["services"]]


class SpecialHoursForm(forms.Form):
    prefix = "special"

    work_date = day_field("Day")
    location = forms.ChoiceField()
    hours = HoursInput(placeholder="Not working", help_text="Instead of the ordinary hours.")

    def __init__(self, *args: Any, locations: Iterable[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "location", [(str(place.pk), place.name) for place in locations])


class TimeOffForm(forms.Form):
    prefix = "away"

    first_date = day_field("From")
    starts = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput({"type": "time"})
    )
    last_date = day_field("To")
    ends = forms.TimeField(
        label="Until",
        required=False,
        widget=forms.TimeInput({"type": "time"}),
        help_text="Empty: the whole day.",
    )
    reason = forms.CharField(
        required=False, max_length=80, help_text="Only those who set up staff see it."
    )
