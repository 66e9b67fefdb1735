"""Every component in every variant on one page: what page builders copy, what tests look at."""

from datetime import UTC, datetime
from decimal import Decimal

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from hub import access
from hub.access import Capability
from hub.money import Money

SHOWN_AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
SERVICES = [("", "Choose a service"), ("cut", "Cut and finish, 45 min"), ("spa", "Spa, 1 h 15")]
TOLD_BY = [("none", "Do not tell the customer"), ("mail", "Mail"), ("sms", "Text message")]


class SampleForm(forms.Form):
    """One field of each kind; posting it shows the errors."""

    name = forms.CharField(max_length=80, help_text="As it should stand on the invoice.")
    email = forms.EmailField(label="Email")
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    service = forms.ChoiceField(choices=SERVICES)
    on_date = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    at_time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))
    price = forms.DecimalField(required=False, help_text="Tax included.")
    duration = forms.IntegerField(required=False, min_value=5, max_value=480)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reminder = forms.ChoiceField(choices=TOLD_BY, widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="The customer agreed to reminders by text message")
    document = forms.FileField(required=False)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Hidden in production from everyone but those who manage people.

    :raises Http404: they are not one of them.
    """
    if not (settings.DEBUG or access.of(request).can(Capability.MANAGE_PEOPLE)):
        raise Http404
    initial = {"reminder": "none", "on_date": SHOWN_AT.date()}
    form = SampleForm(request.POST or None, initial=initial)
    return render(request, "hub/styleguide.html", {"form": form, **_samples()})


def _samples() -> dict[str, object]:
    return {
        "paid": Money("927.96", "EUR"),
        "refunded": Decimal(-400),
        "moment": SHOWN_AT,
        "today": SHOWN_AT.date(),
        "fingerprint": "cd8019ed4863b8f7a1f0c2d4e6b8a0c2d4e6f8091a2b3c4d5e6f708192269955",
        "hostile": '"><script>alert(1)</script>',
        "tones": ["", "ok", "warn", "bad", "info", "brand"],
        "colors": ["1", "2", "3", "4", "5", "6", "7", "8", "ext", "hold", "done", "canceled"],
        "people": ["Inès Moreau", "Tom Okafor", "Sofia Varga", "Luc Perrin", "Aya Kimura"],
        "versions": [
            _version("Phone", "+33 6 12 34 56 87", "+33 6 12 34 56 78"),
            _version("Email", "claire@marchetti.example", "claire@marchetti.example"),
        ],
    }


def _version(label: str, theirs: str, mine: str) -> dict[str, object]:
    return {"label": label, "theirs": theirs, "mine": mine, "differs": theirs != mine}
