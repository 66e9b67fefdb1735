"""What the page of a customer shows beside the frames of other apps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group

from customers import details
from customers.edits import Edit
from customers.models import AddressKind, ContactKind, ContactPoint, Customer, IdentityReview
from customers.wording import evidence_in_words
from hub.access import Access, Capability

QUESTIONS_SHOWN = 20
KINDS = {ContactKind.EMAIL: "e-mail", ContactKind.PHONE: "phone"}
ICONS = {
    AddressKind.BILLING: "receipt",
    AddressKind.HOME: "home",
    AddressKind.WORK: "briefcase",
    AddressKind.VISIT: "route",
}
DOORS = {
    "browser": "Hub",
    "job": "Hub",
    "api": "API",
    "import": "Import",
    "booking page": "Booking page",
}


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One detail; ``source`` says who supplied it, ``marks`` are tone and text of badges.

    ``spare`` is the id of an additional e-mail address or number, which can be taken away, and
    ``further`` that of a further postal address, which can be changed as well.
    """

    icon: str
    label: str
    value: str
    source: str
    href: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    spare: UUID | None = None
    further: UUID | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Another customer who may be the same person, and why; tone and text of each reason.

    ``survivor`` is the older one of the two, and would keep its code in a merge.
    """

    review: IdentityReview
    other: Customer
    survivor: Customer
    absorbed: Customer
    evidence: list[tuple[str, str]]


def identity_rows(customer: Customer, edits: Iterable[Edit]) -> list[IdentityRow]:
    """Return what is known about ``customer``, without what is empty."""
    sources = _sources(edits)
    known = customer.external_ids.order_by("system", "value")
    ids = (IdentityRow("id-badge-2", f"Id in {key.system}", key.value, "Import") for key in known)
    rows = [
        *_contacts(customer, sources),
        *_places(customer, sources),
        *_details(customer, sources),
        *ids,
    ]
    return [row for row in rows if row.value]


def questions_about(customer: Customer, access: Access, *, at: datetime) -> list[Question]:
    """Return the questions that wait and whose other side ``access`` may see, surest first."""
    reviews = IdentityReview.objects.visible_to(access).about(customer).waiting(at=at)
    reviews = reviews.select_related("customer", "candidate").order_by("-score", "pk")
    return [_question(review, customer) for review in reviews[:QUESTIONS_SHOWN]]


def _question(review: IdentityReview, customer: Customer) -> Question:
    sides = review.customer, review.candidate
    other = next(side for side in sides if side != customer)
    survivor, absorbed = sorted(sides, key=lambda side: side.number)
    return Question(review, other, survivor, absorbed, evidence_in_words(review.evidence))


def audience() -> dict[str, list[str]]:
    """Return the names of the roles that see every customer, that see their own, that edit."""
    asked = {
        "all": Capability.VIEW_CUSTOMER,
        "own": Capability.VIEW_OWN_CUSTOMER,
        "edit": Capability.EDIT_CUSTOMER,
    }
    codenames = [capability.partition(".")[2] for capability in asked.values()]
    held = Group.objects.filter(permissions__codename__in=codenames).order_by("name")
    pairs = set(held.values_list("name", "permissions__codename"))
    return {
        key: sorted(name for name, codename in pairs if codename == capability.partition(".")[2])
        for key, capability in asked.items()
    }


def _sources(edits: Iterable[Edit]) -> dict[str, str]:
    """Say for each field who wrote it last; ``edits`` come newest first."""
    sources: dict[str, str] = {}
    for edit in edits:
        for change in edit.changes:
            sources.setdefault(change.name, DOORS.get(edit.source, edit.actor_name))
    return sources


def _contacts(customer: Customer, sources: dict[str, str]) -> Iterator[IdentityRow]:
    for point in customer.contact_points.all():
        is_email = point.kind == ContactKind.EMAIL
        yield IdentityRow(
            icon="mail" if is_email else "phone",
            label=point.get_kind_display()
            if point.is_primary
            else f"Other {KINDS[ContactKind(point.kind)]}",
            value=point.shown,
            source=sources.get(point.kind, "") if point.is_primary else "",
            href=f"mailto:{point.value}" if is_email else f"tel:{point.normalized}",
            marks=tuple(_marks(point)),
            spare=None if point.is_primary else point.pk,
        )


def _marks(point: ContactPoint) -> Iterator[tuple[str, str]]:
    if point.verified:
        yield "ok", "Verified"
    if point.shared:
        yield "", "Shared"
    if point.doubtful:
        yield "warn", "Not a known number"


def _places(customer: Customer, sources: dict[str, str]) -> Iterator[IdentityRow]:
    company = customer.company if customer.company != customer.name else ""
    yield IdentityRow("building", "Company", company, sources.get("company", ""))
    main = sources.get("street") or sources.get("city") or sources.get("country", "")
    yield IdentityRow("map-pin", "Address", details.shown(customer, "address"), main)
    for address in customer.addresses.order_by("created_at", "pk"):
        kind = AddressKind(address.kind)
        yield IdentityRow(
            icon=ICONS[kind],
            label=f"{kind.label} · {address.label}" if address.label else kind.label,
            value=details.in_one_line(address),
            source="",
            further=address.pk,
        )


def _details(customer: Customer, sources: dict[str, str]) -> Iterator[IdentityRow]:
    for icon, label, name in _SHOWN:
        yield IdentityRow(icon, label, details.shown(customer, name), sources.get(name, ""))


_SHOWN = (
    ("receipt-tax", "Tax id", "tax_id"),
    ("cake", "Date of birth", "birth_date"),
    ("world", "Time zone", "time_zone"),
    ("language", "Language", "language"),
)
