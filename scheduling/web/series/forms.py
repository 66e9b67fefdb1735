"""What people choose for visits that come again: a rule, and which dates to leave out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms

from scheduling.models import CanceledBy, Service, Staff
from scheduling.models.hours import WEEKDAYS
from scheduling.recurrence import LONGEST_INTERVAL, MOST_VISITS, Monthly, Rule, Unit
from scheduling.texts import NOTES_LENGTH
from scheduling.web.forms import ReasonForm, WithStart, length_in_words

NEVER, AFTER, ON = "never", "after", "on"
UNITS = [(Unit.DAY, "days"), (Unit.WEEK, "weeks"), (Unit.MONTH, "months"), (Unit.YEAR, "years")]
MONTHLY = [
    (Monthly.SAME_DAY, "On the same day; shorter months are passed by"),
    (Monthly.SAME_OR_LAST_DAY, "On the same day, or the last one of a shorter month"),
    (Monthly.SAME_WEEKDAY, "On the same weekday, such as the second Tuesday"),
    (Monthly.LAST_WEEKDAY, "On the last such weekday of the month"),
]
RULE_FIELDS = ("interval", "unit", "weekdays", "monthly", "ends", "count", "until")


class RuleForm(WithStart):
    """A first local date and time, and how it comes again."""

    interval = forms.IntegerField(
        label="Every", min_value=1, max_value=LONGEST_INTERVAL, initial=1
    )
    unit = forms.ChoiceField(
        label="Days, weeks, months or years", choices=UNITS, initial=Unit.WEEK
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="On",
        required=False,
        coerce=int,
        choices=[(place, name.title()[:3]) for place, name in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        help_text="For weeks. None: the weekday of the first visit.",
    )
    monthly = forms.ChoiceField(label="In months", choices=MONTHLY, initial=Monthly.SAME_DAY)
    ends = forms.ChoiceField(
        label="Ends",
        choices=[(NEVER, "Never"), (AFTER, "After a number of visits"), (ON, "On a date")],
        initial=AFTER,
        widget=forms.RadioSelect,
    )
    count = forms.IntegerField(
        label="Visits", required=False, min_value=1, max_value=MOST_VISITS, initial=8
    )
    until = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    leave_out = forms.MultipleChoiceField(required=False)
    override_reason = forms.CharField(
        label="Reason to book anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours or notice. The reason stays in the history.",
    )

    def __init__(self, *args: Any, zone: dt.tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        # Any date may be left out; what is none of the rule's is passed by.
        listed = self.data.getlist("leave_out") if hasattr(self.data, "getlist") else []
        self._choices("leave_out", [(text, text) for text in listed if _is_date(text)])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("ends") == AFTER and not values.get("count") and "count" not in self.errors:
            self.add_error("count", "After how many visits?")
        if values.get("ends") == ON and not values.get("until") and "until" not in self.errors:
            self.add_error("until", "On which day?")
        return values

    def rule(self) -> Rule:
        """Return the rule from the first date on.

        :raises InvalidInput: a value cannot be right.
        """
        values = self.cleaned_data
        unit = Unit(values["unit"])
        return Rule(
            unit=unit,
            first_date=values["date"],
            interval=values["interval"],
            weekdays=tuple(values["weekdays"]) if unit is Unit.WEEK else (),
            monthly=Monthly(values["monthly"]),
            count=values["count"] if values["ends"] == AFTER else None,
            until=values["until"] if values["ends"] == ON else None,
        )

    def left_out(self) -> set[dt.date]:
        return {dt.date.fromisoformat(text) for text in self.cleaned_data["leave_out"]}

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices


class NewSeriesForm(RuleForm):
    customer = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": "Choose a customer."}
    )
    service = forms.ChoiceField(error_messages={"required": "Choose a service."})
    staff = forms.ChoiceField(label="With", error_messages={"required": "Choose a person."})
    notes = forms.CharField(
        label="Note for staff",
        max_length=NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        services: Iterable[tuple[Service, int]],
        people: Iterable[Staff],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        listed = [
            (str(of.pk), f"{of.name} · {length_in_words(minutes)}") for of, minutes in services
        ]
        self._choices("service", [("", "Choose…"), *listed])
        self._choices("staff", [("", "Choose…"), *((str(of.pk), of.name) for of in people)])


class FollowingForm(RuleForm):
    """What becomes of the visits from one of them on."""

    staff = forms.ChoiceField(label="With")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, people: Iterable[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("staff", [(str(of.pk), of.name) for of in people])

    def changed_rule(self, was: Rule, *, passed: int) -> Rule | None:
        """Return the new rule; ``None`` when dates and pattern are as they were.

        Where only its end is another one it counts from where it ``was`` counted, after
        ``passed`` dates. Who moves only the first date means its weekday, not that of before.

        :raises InvalidInput: a value cannot be right.
        """
        changed = set(self.changed_data) & {"date", *RULE_FIELDS}
        if not changed:
            return None
        if changed <= {"ends", "count", "until"}:
            new = self.rule()
            count = None if new.count is None else new.count + passed
            return replace(was, count=count, until=new.until)
        if "date" in changed and "weekdays" not in changed and len(self.initial["weekdays"]) == 1:
            self.cleaned_data["weekdays"] = []
        return self.rule()


class FromDateForm(ReasonForm):
    """End or pause from a local date on."""

    from_date = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "This is not a date."},
    )
    field_order: tuple[str, ...] = ("from_date", "reason")


class EndForm(FromDateForm):
    canceled_by = forms.ChoiceField(
        label="Who ends it?",
        choices=CanceledBy.choices,
        initial=CanceledBy.CUSTOMER,
        widget=forms.RadioSelect,
        help_text="A customer who cancels the next visit too late may owe its fee.",
    )
    field_order: tuple[str, ...] = ("from_date", "canceled_by", "reason")


class ResumeForm(forms.Form):
    from_date = FromDateForm.base_fields["from_date"]
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1, required=False
    )


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
