"""How a form of the set-up is saved: one verb, and a refusal at its field."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from hub.errors import DomainError, StaleVersion
from scheduling.web.forms import take_refusal
from scheduling.web.setup.forms import SetupForm

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a form that came too late: what is saved now, and what was typed."""

    label: str
    theirs: str
    mine: str

    @property
    def differs(self) -> bool:
        return self.theirs != self.mine


def save(form: forms.Form, verb: Callable[[], Record]) -> Record | None:
    """Run ``verb`` when ``form`` is right; a refusal is shown at its field.

    :raises StaleVersion: somebody else saved since the form was filled.
    """
    if not form.is_valid():
        return None
    try:
        return verb()
    except StaleVersion:
        raise
    except DomainError as error:
        take_refusal(form, error)
        return None


def do(request: HttpRequest, verb: Callable[[], object], text: str) -> None:
    """Run ``verb``, and say ``text``, or why it was refused."""
    try:
        verb()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, text)


def late(typed: SetupForm, saved: SetupForm) -> list[Row]:
    """Compare what somebody typed too late with what ``saved`` shows, field by field.

    Sent once more, ``typed`` goes over what is saved now.
    """
    renewed = typed.data.copy()  # type: ignore[attr-defined]
    renewed["version"] = saved.initial["version"]
    typed.data = renewed
    return [
        Row(str(bound.label), _shown(saved, bound.name), _shown(typed, bound.name))
        for bound in typed.visible_fields()
    ]


def _shown(form: SetupForm, name: str) -> str:
    value = form[name].value()
    choices = getattr(form.fields[name], "choices", None)
    words = {str(key): str(label) for key, label in choices} if choices else {}
    text = "" if value is None else str(value)
    return words.get(text, text)
