"""What people fill in about the own words of messages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from customers.details import LANGUAGES
from scheduling.models import Service
from scheduling.models.messages import SUBJECT_LENGTH, TEXT_LENGTH, MessageKind, Placement
from scheduling.web.setup.forms import SetupForm, offer

EVERY_SERVICE = [("", "Every service")]


class WordsForm(SetupForm):
    subject = forms.CharField(
        max_length=SUBJECT_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Empty: the usual one.",
    )
    text = forms.CharField(
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Plain text. When, where, with whom and the link stand below it anyway.",
    )
    placement = forms.ChoiceField(
        label="The text stands",
        choices=Placement.choices,
        initial=Placement.INSTEAD,
        widget=forms.RadioSelect,
    )


class NewWordsForm(WordsForm):
    kind = forms.ChoiceField(label="Message", choices=MessageKind.choices)
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), initial="en")
    service = forms.ChoiceField(required=False)
    field_order = ("kind", "language", "service", "subject", "text", "placement")

    def __init__(self, *args: Any, services: Iterable[Service], **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [(str(service.pk), service.name) for service in services]
        offer(self, "service", [*EVERY_SERVICE, *listed])

    def values(self) -> dict[str, Any]:
        """The words alone; what they are for is asked of ``about``."""
        return {name: self.cleaned_data[name] for name in ("subject", "text", "placement")}

    def about(self) -> tuple[str, str, UUID | None]:
        service = self.cleaned_data["service"]
        kind, language = self.cleaned_data["kind"], self.cleaned_data["language"]
        return kind, language, UUID(service) if service else None
