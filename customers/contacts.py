"""Write e-mail addresses and phone numbers of a customer, and notice which ones are shared.

Callers hold the identity locks of every address and number that they pass (``lock_names``),
and the row of the customer.
"""

from django.db.models import Q, QuerySet

from customers.claims import Traits
from customers.models import ContactKind, ContactPoint, Customer
from customers.normalizing import is_placeholder, without_unseen
from hub import history
from hub.actors import Actor
from hub.copying import maker_of

_EMAIL, _PHONE = str(ContactKind.EMAIL), str(ContactKind.PHONE)
_new_email = maker_of(ContactPoint, "kind", "value", "normalized", "verified", "shared")
_new_phone = maker_of(ContactPoint, "kind", "value", "normalized", "extension", "doubtful")


def claimed_points(traits: Traits) -> list[ContactPoint]:
    """Return the unsaved contact points of a claim, the address first."""
    points = []
    if email := traits.email:
        value, verified = traits.claim.email.strip(), traits.claim.email_verified
        points.append(_new_email(_EMAIL, value, email, verified, is_placeholder(email)))
    if phone := traits.phone:
        value = without_unseen(traits.claim.phone).strip()
        doubtful = not phone.is_valid
        points.append(_new_phone(_PHONE, value, phone.e164, phone.extension, doubtful))
    return points


def add_point(customer: Customer, point: ContactPoint, *, by: Actor) -> ContactPoint:
    """Give ``customer`` one more way to be reached; the first of its kind is the main one.

    :raises IntegrityError: the customer has it already.
    """
    own = customer.contact_points.filter(kind=point.kind)
    point.customer = customer
    point.is_primary = not own.filter(is_primary=True).exists()
    _share(point, by=by)
    return history.create(point, by=by)


def set_main(customer: Customer, kind: str, point: ContactPoint | None, *, by: Actor) -> bool:
    """Make ``point`` the one way of its kind that people use; ``None`` takes the present one away.

    Says whether anything changed; a number that is only written in another way changes nothing.
    """
    main = customer.contact_points.filter(kind=kind, is_primary=True).first()
    if point is None:
        if main is not None:
            history.delete(main, by=by)
        return main is not None
    if main is not None and main.key == point.key:
        return _rewrite(main, point, by=by)
    known = customer.contact_points.filter(
        kind=kind, normalized=point.normalized, extension=point.extension
    ).first()
    if known is not None:
        _promote(known, instead_of=main, by=by)
    elif main is not None:
        _replace(main, point, by=by)
    else:
        add_point(customer, point, by=by)
    return True


def _rewrite(main: ContactPoint, point: ContactPoint, *, by: Actor) -> bool:
    if main.kind != ContactKind.EMAIL or main.value == point.value:
        return False
    main.value = point.value
    history.save(main, fields=["value"], by=by)
    return True


def _promote(known: ContactPoint, *, instead_of: ContactPoint | None, by: Actor) -> None:
    if instead_of is not None:
        instead_of.is_primary = False
        history.save(instead_of, fields=["is_primary"], by=by)
    known.is_primary = True
    history.save(known, fields=["is_primary"], by=by)


def _replace(main: ContactPoint, point: ContactPoint, *, by: Actor) -> None:
    fields = ["value", "normalized", "extension", "verified", "shared", "doubtful"]
    for name in fields:
        setattr(main, name, getattr(point, name))
    _share(main, by=by)
    history.save(main, fields=fields, by=by)


def _share(point: ContactPoint, *, by: Actor) -> None:
    """Mark ``point`` as shared, and its twins, when somebody else has it too."""
    twins = list(_elsewhere(point.customer, point))
    point.shared = point.shared or bool(twins)
    for twin in twins:
        if not twin.shared:
            twin.shared = True
            history.save(twin, fields=["shared"], by=by)


def _elsewhere(customer: Customer, point: ContactPoint) -> QuerySet[ContactPoint]:
    return (
        ContactPoint.objects.filter(
            kind=point.kind, normalized=point.normalized, extension=point.extension
        )
        .exclude(Q(customer=customer) | Q(customer__canonical=customer))
        .select_related("customer")
        .order_by("created_at", "pk")
    )
