"""The queue of likely duplicates, and the answers people give there or on a customer's page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from customers import details
from customers.answering import answer_different, answer_later, ask_again
from customers.models import Customer, IdentityReview
from customers.normalizing import fold
from customers.questions import Place, backlog, page
from customers.scoring import LIKELY
from customers.wording import evidence_in_words
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError

LATER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One detail of both sides; ``is_same`` when there is nothing to choose between."""

    label: str
    left: str
    right: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with both sides; the older record stands left and would survive a merge."""

    review: IdentityReview
    left: Customer
    right: Customer
    evidence: list[tuple[str, str]]
    lines: list[Line]


@require_safe
@requires(Capability.EDIT_CUSTOMER)
def show_queue(request: HttpRequest) -> HttpResponse:
    """List the pairs that wait, the surest first; ``?all=1`` with the unlikely ones."""
    at, held = timezone.now(), access.of(request)
    shows_all = request.GET.get("all") == "1"
    after = Place.read(request.GET.get("after", ""))
    shown = page(held, at=at, after=after, least=0 if shows_all else LIKELY)
    start = "?all=1&" if shows_all else "?"
    context = {
        "pairs": [_pair(review) for review in shown.rows],
        "next": f"{start}after={shown.after}" if shown.after else "",
        "is_first": after is None,
        "shows_all": shows_all,
        "backlog": backlog(held, at=at),
        "may_merge": held.can(Capability.MERGE_CUSTOMER),
    }
    return render(request, "customers/duplicates.html", context)


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def differ(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that the two are not the same; the toast takes it back."""
    answered = _answer(request, lambda by: answer_different(pk, by=by))
    if answered:
        said = f"{answered.customer.name} and {answered.candidate.name} stay two customers."
        _tell(request, said, undo=pk)
    return _back(request)


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def postpone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a question off for a week."""
    at = timezone.now()
    answered = _answer(request, lambda by: answer_later(pk, until=at + LATER, at=at, by=by))
    if answered:
        _tell(request, "You will be asked again in a week.", undo=pk)
    return _back(request)


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an answer back."""
    if _answer(request, lambda by: ask_again(pk, by=by)):
        messages.success(request, "The question is open again.")
    return _back(request)


def _answer(request: HttpRequest, act: Callable[[Actor], IdentityReview]) -> IdentityReview | None:
    try:
        return act(Actor.signed_in(request))
    except ObjectDoesNotExist:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, str(error))
        return None


def _tell(request: HttpRequest, text: str, *, undo: UUID) -> None:
    url = reverse("customers:ask-again", args=[undo])
    messages.success(request, text, extra_tags=f"undo:{url}")


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the customer's page where the answer was given there, or to the queue."""
    try:
        return redirect("customers:detail", UUID(request.POST.get("customer", "")))
    except ValueError:
        return redirect("customers:duplicates")


def _pair(review: IdentityReview) -> Pair:
    left, right = sorted((review.customer, review.candidate), key=lambda side: side.number)
    lines = [line for line in _lines(left, right) if line.left or line.right]
    return Pair(review, left, right, evidence_in_words(review.evidence), lines)


def _lines(left: Customer, right: Customer) -> Iterator[Line]:
    for label, shown in _SHOWN.items():
        mine, theirs = shown(left), shown(right)
        yield Line(label, mine, theirs, bool(mine) and fold(mine) == fold(theirs))


_SHOWN: dict[str, Callable[[Customer], str]] = {
    "Name": lambda customer: customer.name,
    "Company": lambda customer: customer.company if customer.company != customer.name else "",
    "E-mail": lambda customer: customer.email(),
    "Phone": lambda customer: customer.phone(),
    "Address": lambda customer: details.shown(customer, "address"),
    "Born": lambda customer: details.shown(customer, "birth_date"),
    "Tax id": lambda customer: customer.tax_id,
    "Since": lambda customer: f"{customer.created_at:%B %Y}",
}
