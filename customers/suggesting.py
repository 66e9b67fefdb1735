"""What is offered while somebody types: a few customers, with the main ways to reach them.

Pages ask again with each letter, so the usual answer is one statement and plain rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from customers.calling import code_of, name_of, url_of
from customers.models import Customer
from customers.normalizing import display_phone, fold
from customers.searching import findable, may_be_more_than_a_name, readable, sounding_like
from hub.access import Access, Capability

LOOKED_AT = 1000
LAST_LETTER = "\U0010ffff"
Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """As much of a customer as tells people whether it is the one that they mean."""

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
    alike = sounding_like(visible, text).values_list("pk", flat=True)[:limit]
    return _among(list(alike), limit=limit)


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
    begins = " OR ".join(["search_name >= %s AND search_name < %s"] * len(words))
    bounds = [bound for word in words for bound in (word, word + LAST_LETTER)]
    conditions = [(f"({begins})", bounds), ("canonical_id IS NULL AND erased_at IS NULL", [])]
    if len(words) > 1:  # of one word its beginning says all
        conditions += [("search_name LIKE %s", [f"%{word}%"]) for word in words]
    if not access.can(Capability.VIEW_CUSTOMER):
        try:
            visible = Customer.objects.visible_to(access).order_by().values("pk").query
            statement, values = visible.sql_with_params()
        except EmptyResultSet:
            return []
        conditions.append((f"id IN ({statement})", list(values)))
    return _offered(conditions, limit=limit)


def _among(ids: Collection[UUID], *, limit: int) -> list[Suggestion]:
    """Return the first of ``ids`` by name."""
    return _offered([("id = ANY(%s)", [list(ids)])], limit=limit) if ids else []


def _offered(conditions: Sequence[Condition], *, limit: int) -> list[Suggestion]:
    where = " AND ".join(statement for statement, _ in conditions)
    values = [value for _, some in conditions for value in some]
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED.format(where=where), [*values, limit])
        return [Suggestion(*row) for row in cursor.fetchall()]


# The limit comes before the joins, so that nobody is joined who is not offered.
_OFFERED = """
    SELECT chosen.id, number, given_name, family_name, company,
        coalesce(mail.value, ''), coalesce(dialed.normalized, ''), coalesce(dialed.extension, '')
    FROM (
        SELECT * FROM customers_customer WHERE {where} ORDER BY search_name, id LIMIT %s
    ) chosen
    LEFT JOIN customers_contactpoint mail
        ON mail.customer_id = chosen.id AND mail.kind = 'email' AND mail.is_primary
    LEFT JOIN customers_contactpoint dialed
        ON dialed.customer_id = chosen.id AND dialed.kind = 'phone' AND dialed.is_primary
    ORDER BY search_name, chosen.id
"""
