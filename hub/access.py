"""Who may do what: the capabilities, the five roles made of them, and the two checks.

Views ask ``requires`` (one query a request, kept on it). Verbs ask ``granted`` or ``require``
inside their own transaction, which reads the grants afresh under the person's epoch lock: a
revocation that was acknowledged cannot be overtaken by a write that had started before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hub import locks
from hub.actors import Actor, ActorKind
from hub.errors import DomainError


class Capability(StrEnum):
    """``app_label.codename`` of a permission; each is declared on a model of that app."""

    VIEW_CUSTOMER = "customers.view_customer"
    VIEW_OWN_CUSTOMER = "customers.view_own_customer"
    EDIT_CUSTOMER = "customers.edit_customer"
    MERGE_CUSTOMER = "customers.merge_customer"
    IMPORT_CUSTOMER = "customers.import_customer"
    EXPORT_CUSTOMER = "customers.export_customer"
    ERASE_CUSTOMER = "customers.erase_customer"
    VIEW_CALENDAR = "scheduling.view_calendar"
    VIEW_OWN_CALENDAR = "scheduling.view_own_calendar"
    BOOK_APPOINTMENT = "scheduling.book_appointment"
    BOOK_OWN_APPOINTMENT = "scheduling.book_own_appointment"
    OVERRIDE_BOOKING_LIMITS = "scheduling.override_booking_limits"
    SEE_PRICES = "scheduling.see_prices"
    SET_UP_SCHEDULE = "scheduling.set_up_schedule"
    IMPORT_APPOINTMENT = "scheduling.import_appointment"
    FLAG_BALANCE = "billing.flag_balance"
    VIEW_INVOICE = "billing.view_invoice"
    DRAFT_INVOICE = "billing.draft_invoice"
    ISSUE_INVOICE = "billing.issue_invoice"
    RECORD_PAYMENT = "billing.record_payment"
    WRITE_OFF_INVOICE = "billing.write_off_invoice"
    VIEW_SYNC = "syncs.view_sync"
    RETRY_SYNC = "syncs.retry_sync"
    MANAGE_CONNECTIONS = "syncs.manage_connections"
    MANAGE_PEOPLE = "accounts.manage_people"
    VIEW_HISTORY = "hub.view_history"


C = Capability
ROLES: dict[str, frozenset[Capability]] = {
    "Front desk": frozenset(
        {C.VIEW_CUSTOMER, C.EDIT_CUSTOMER, C.VIEW_CALENDAR, C.BOOK_APPOINTMENT, C.SEE_PRICES}
        | {C.FLAG_BALANCE, C.VIEW_HISTORY, C.VIEW_SYNC}
    ),
    "Practitioner": frozenset(
        {C.VIEW_OWN_CUSTOMER, C.VIEW_OWN_CALENDAR, C.BOOK_OWN_APPOINTMENT, C.VIEW_HISTORY}
    ),
    "Billing": frozenset(
        {C.VIEW_CUSTOMER, C.VIEW_CALENDAR, C.SEE_PRICES, C.FLAG_BALANCE, C.VIEW_INVOICE}
        | {C.DRAFT_INVOICE, C.ISSUE_INVOICE, C.RECORD_PAYMENT, C.VIEW_HISTORY, C.VIEW_SYNC}
        | {C.EXPORT_CUSTOMER}
    ),
    "Manager": frozenset(
        {C.VIEW_CUSTOMER, C.EDIT_CUSTOMER, C.VIEW_CALENDAR, C.BOOK_APPOINTMENT, C.SEE_PRICES}
        | {C.OVERRIDE_BOOKING_LIMITS, C.FLAG_BALANCE, C.VIEW_INVOICE, C.DRAFT_INVOICE}
        | {C.ISSUE_INVOICE, C.WRITE_OFF_INVOICE, C.VIEW_SYNC, C.RETRY_SYNC, C.VIEW_HISTORY}
        | {C.MERGE_CUSTOMER, C.IMPORT_CUSTOMER, C.EXPORT_CUSTOMER, C.ERASE_CUSTOMER}
        | {C.SET_UP_SCHEDULE, C.IMPORT_APPOINTMENT}
    ),
    # Administering does not imply touching money or appointments (separation of duties).
    "Administrator": frozenset(
        {C.MANAGE_PEOPLE, C.MANAGE_CONNECTIONS, C.VIEW_SYNC, C.RETRY_SYNC, C.VIEW_HISTORY}
        | {C.VIEW_CUSTOMER, C.VIEW_CALENDAR, C.EXPORT_CUSTOMER, C.SET_UP_SCHEDULE}
    ),
}
# What any connection may ask of the verbs; the field rules of each narrow it further.
CONNECTION_CAPABILITIES = frozenset(
    {C.VIEW_CUSTOMER, C.EDIT_CUSTOMER, C.VIEW_CALENDAR, C.BOOK_APPOINTMENT}
)
# What a customer may ask of the verbs about an appointment of their own, and never see.
CUSTOMER_CAPABILITIES = frozenset({C.BOOK_APPOINTMENT})
# A booking on the public page may add a customer, or find one, whom nobody is shown.
VISITOR_CAPABILITIES = CUSTOMER_CAPABILITIES | {C.VIEW_CUSTOMER, C.EDIT_CUSTOMER}
# What an API key can be given: nothing of one's own, and no power over people or connections.
KEY_SCOPES = frozenset(Capability) - {
    C.VIEW_OWN_CUSTOMER,
    C.VIEW_OWN_CALENDAR,
    C.BOOK_OWN_APPOINTMENT,
    C.IMPORT_APPOINTMENT,
    C.MANAGE_PEOPLE,
    C.MANAGE_CONNECTIONS,
}


class AccessDenied(DomainError):
    code = "forbidden"


@dataclass(frozen=True, slots=True)
class Access:
    """What one principal may do now. ``locations`` is None where every location is open."""

    user_id: UUID | None
    capabilities: frozenset[str]
    roles: tuple[str, ...] = ()
    locations: frozenset[UUID] | None = None

    def can(self, *capabilities: Capability) -> bool:
        """Say whether at least one of ``capabilities`` is held."""
        return any(capability in self.capabilities for capability in capabilities)


NOBODY = Access(None, frozenset())
EVERYTHING = Access(None, frozenset(Capability))


def of(request: HttpRequest) -> Access:
    """Return what the principal of ``request`` may do, read once per request."""
    known: Access | None = getattr(request, "_access", None)
    if known is None:
        known = of_user(request.user.pk) if request.user.is_authenticated else NOBODY
        request._access = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def of_user(user_id: UUID) -> Access:
    """Read the live grants of ``user_id``; an inactive person holds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, [user_id])
        rows = cursor.fetchall()
    places = {location_id for _, location_id, _ in rows}
    return Access(
        user_id,
        frozenset(name for _, _, name in rows if name),
        tuple(sorted({role for role, _, _ in rows})),
        None if None in places or not places else frozenset(places),
    )


def of_key(key_id: UUID) -> Access:
    """Read the scopes of an API key; one that ended or was revoked holds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_KEY_SCOPES, [key_id])
        row = cursor.fetchone()
    return Access(None, frozenset(row[0])) if row else NOBODY


def granted(by: Actor) -> Access:
    """Return what ``by`` may do, binding until the end of the transaction.

    :raises RuntimeError: called outside a transaction.
    """
    if by.kind is ActorKind.SYSTEM:
        return EVERYTHING
    if by.kind is ActorKind.CONNECTION:
        return Access(None, CONNECTION_CAPABILITIES)
    if by.kind is ActorKind.CUSTOMER:
        return Access(None, CUSTOMER_CAPABILITIES)
    if by.kind is ActorKind.VISITOR:
        return Access(None, VISITOR_CAPABILITIES)
    locks.shared(locks.epoch_of(by.id))
    if by.kind is ActorKind.KEY:
        return of_key(UUID(by.id))
    return of_user(UUID(by.id))


def require(by: Actor, *capabilities: Capability) -> Access:
    """Let ``by`` go on when it holds one of ``capabilities``, and return all it may do.

    :raises AccessDenied: it holds none of them.
    """
    access = granted(by)
    if not access.can(*capabilities):
        raise AccessDenied("Your role does not allow this.")
    return access


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(*capabilities: Capability) -> Callable[[View[P]], View[P]]:
    """Let a view run only for a signed-in person who holds one of ``capabilities``.

    The decorated view carries ``capabilities``, which the role matrix test reads.
    """

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not of(request).can(*capabilities):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.capabilities = frozenset(capabilities)  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View[P]) -> View[P]:
    """Let a view run for everybody who signed in, whatever their role."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    guarded.is_for_everybody = True  # type: ignore[attr-defined]
    return guarded


def public(view: View[P]) -> View[P]:
    """Mark a view that people may open without signing in; the role matrix test reads it."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


_GRANTS = """
    SELECT role.name, held.location_id, type.app_label || '.' || permission.codename
    FROM accounts_rolegrant held
    JOIN accounts_user person ON person.id = held.user_id AND person.is_active
    JOIN auth_group role ON role.id = held.role_id
    LEFT JOIN auth_group_permissions link ON link.group_id = role.id
    LEFT JOIN auth_permission permission ON permission.id = link.permission_id
    LEFT JOIN django_content_type type ON type.id = permission.content_type_id
    WHERE held.user_id = %s AND held.revoked_at IS NULL
"""
_KEY_SCOPES = """
    SELECT scopes FROM hub_apikey
    WHERE id = %s AND revoked_at IS NULL AND expires_at > clock_timestamp()
"""
