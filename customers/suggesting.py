"""What is offered while somebody types: a few customers, with the main ways to reach them.

Pages ask again with each letter, so the usual answer is one statement and plain rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from customers.labels import code_of, name_of, url_of
from customers.models import Customer
from customers.normalizing import display_phone, fold
from customers.searching import findable, may_be_more_than_a_name, readable, sounding_like
from hub.access import Access, Capability

LOOKED_AT = 1000
LAST_LETTER = "\U0010ffff"
BEGINS = "search_name >= %s AND search_name < %s"
Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """As much of a customer as tells people whether it is the one that they mean.

    Its fields stand in the order of the columns of ``_OFFERED``.
    """

    pk: UUID
    number: int
    given_name: str
    family_name: str
    company: str
    email: str
    e164: str
    extension: str

    @property
    def name(self) -> str:
        return name_of(self.given_name, self.family_name, self.company)

    @property
    def code(self) -> str:
        return code_of(self.number)

    @property
    def phone(self) -> str:
        """The main number, written to be read."""
        return display_phone(self.e164, self.extension) if self.e164 else ""

    @property
    def url(self) -> str:
        return url_of(self.pk)


def suggest(text: str, *, access: Access, limit: int) -> list[Suggestion]:
    """Return the customers that ``text`` may mean, by name.

    Those whose name begins with it come first, then some who have it anywhere: a thousand are
    looked at. A name with a slip in it is looked for only when nothing has it as it was typed.
    """
    if not readable(text):
        return []
    first = _beginning_with(text, access=access, limit=limit)
    if len(first) == limit:
        return first
    visible = Customer.objects.visible_to(access).current()
    # Without an order, so that their index is used: in the order of names, it may take a walk
    # past everybody to learn that there is nobody else.
    anywhere = findable(visible, text, access=access).order_by().values_list("pk", flat=True)
    known = {one.pk for one in first}
    others = [pk for pk in anywhere[:LOOKED_AT] if pk not in known]
    rest = _among(others, limit=limit - len(first))
    if first or rest:
        return [*first, *rest]
    return _among(sounding_like(visible, text, limit=limit), limit=limit)


def suggestion_of(customer: Customer) -> Suggestion:
    """Return ``customer`` as it would be offered."""
    return _among([customer.pk], limit=1)[0]


def _beginning_with(text: str, *, access: Access, limit: int) -> list[Suggestion]:
    """Return those whose family name, as a rule, begins with a word of ``text``.

    A part of the index in its order: a common beginning is answered as fast as a rare one,
    where to look for a word anywhere would read all that is sorted before it.
    """
    words = fold(readable(text)).split()
    if not words or may_be_more_than_a_name(text):
        return []
    visible = _conditions_for(access)
    if visible is None:
        return []
    others = [("search_name LIKE %s", [f"%{word}%"]) for word in words]
    always = [*visible, *(others if len(words) > 1 else [])]  # of one its beginning says all
    # A part of the index for each word: with an OR it would be walked from its first name on.
    parts = [[(BEGINS, [word, word + LAST_LETTER]), *always] for word in dict.fromkeys(words)]
    return _offered(parts, limit=limit)


def _conditions_for(access: Access) -> list[Condition] | None:
    """Return what ``current`` and ``visible_to`` of customers ask for; None if nobody is seen.

    Whoever sees all is not asked for a list of ids: the index of names alone has the answer.
    """
    current: Condition = ("canonical_id IS NULL AND erased_at IS NULL", [])
    if access.can(Capability.VIEW_CUSTOMER):
        return [current]
    try:
        own = Customer.objects.visible_to(access).order_by().values("pk").query
        statement, values = own.sql_with_params()
    except EmptyResultSet:
        return None
    return [current, (f"id IN ({statement})", list(values))]


def _among(ids: Collection[UUID], *, limit: int) -> list[Suggestion]:
    """Return the first of ``ids`` by name."""
    return _offered([[("id = ANY(%s)", [list(ids)])]], limit=limit) if ids else []


def _offered(parts: Sequence[Sequence[Condition]], *, limit: int) -> list[Suggestion]:
    """Return the first ``limit`` by name of all for whom every condition of a part holds."""
    values: list[Any] = []
    chosen = []
    for conditions in parts:
        chosen.append(_CHOSEN.format(where=" AND ".join(text for text, _ in conditions)))
        values += [*(value for _, given in conditions for value in given), limit]
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED.format(chosen=" UNION ".join(chosen)), [*values, limit])
        return [Suggestion(*row) for row in cursor.fetchall()]


_CHOSEN = """(
    SELECT id, search_name FROM customers_customer WHERE {where} ORDER BY search_name, id LIMIT %s
)"""
# The limit comes before the joins, so that nobody is joined who is not offered.
_OFFERED = """
    SELECT customer.id, number, given_name, family_name, company,
        coalesce(mail.value, ''), coalesce(dialed.normalized, ''), coalesce(dialed.extension, '')
    FROM (SELECT id FROM ({chosen}) found ORDER BY search_name, id LIMIT %s) chosen
    JOIN customers_customer customer ON customer.id = chosen.id
    LEFT JOIN customers_contactpoint mail
        ON mail.customer_id = customer.id AND mail.kind = 'email' AND mail.is_primary
    LEFT JOIN customers_contactpoint dialed
        ON dialed.customer_id = customer.id AND dialed.kind = 'phone' AND dialed.is_primary
    ORDER BY search_name, customer.id
"""
