"""Find customers by what people type: a name, a code, an address, a number in any spelling."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from customers.details import home_region
from customers.models import ContactKind, ContactPoint, Customer
from customers.normalizing import fold, normalize_phone, without_unseen
from customers.traces import customers_traced_by
from hub.access import Access
from hub.errors import InvalidInput

EMAIL, PHONE = ContactKind.EMAIL, ContactKind.PHONE
TEXT_LIMIT = 100
PAGE = 50
FEWEST_DIGITS = 4
TRIGRAM = 3
LIKE_IT = 0.5  # of the trigrams of what was typed, this part is in one word of the name
SURVIVORS_LOOKED_AT = 50
_CODE = re.compile(r"c-?0*(\d{1,12})", re.IGNORECASE)
_NUMBER = re.compile(r"[+(\d][\d\s()./\-]*(?:x\d*|ext.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """``before`` and ``after`` are the ids to page on from, where there is more."""

    rows: Sequence[Customer]
    before: UUID | None
    after: UUID | None


def findable(customers: QuerySet[Customer], text: str, *, access: Access) -> QuerySet[Customer]:
    """Keep those that ``narrowed`` keeps, and whose invoices or remote ids are so called.

    What a record was called that was merged away finds the one that it became.
    """
    own = narrowed(customers, text)
    traces = customers_traced_by(readable(text), access)
    survivors = survivors_called(text, traces)
    if not traces and not survivors:
        return own
    # A union, because the halves of an OR would not use their indexes.
    ids = own.order_by().values_list("pk", flat=True)
    became = Customer.objects.filter(pk__in=survivors).values_list("pk", flat=True)
    return customers.filter(pk__in=ids.union(*traces, became))


def survivors_called(text: str, traces: Iterable[QuerySet[Any, UUID]] = ()) -> list[UUID]:
    """Return what records became that were merged away and have ``text`` as code or contact.

    ``traces`` are queries for the ids of others it may mean. A name leads nowhere: the one
    that holds is the survivor's.
    """
    if not may_be_more_than_a_name(text):
        return []
    absorbed = Customer.objects.exclude(canonical=None)
    known = [narrowed(absorbed, text), *(absorbed.filter(pk__in=trace) for trace in traces)]
    first, *others = (found.order_by().values_list("canonical", flat=True) for found in known)
    return [pk for pk in first.union(*others)[:SURVIVORS_LOOKED_AT] if pk]


def narrowed(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Keep the customers whose code, address, number or name has ``text`` in it."""
    text = readable(text)
    if not text:
        return customers
    if code := _CODE.fullmatch(text):
        return customers.filter(number=int(code[1]))
    if "@" in text:
        return customers.filter(reached_at(Q(kind=EMAIL, normalized__contains=text.lower())))
    if _NUMBER.fullmatch(text):
        return customers.filter(_with_number(text))
    words = fold(text).split()
    if not words:
        return customers.none()
    named = Q(*(Q(search_name__contains=word) for word in words))
    return customers.filter(named)


def sounding_like(customers: QuerySet[Customer], text: str, *, limit: int) -> list[UUID]:
    """Return the ids of those with a word like ``text`` in their name, the likest first.

    By trigrams, and for names only: one wrong letter in the middle of a name leaves half of them.
    """
    name = fold(text[:TEXT_LIMIT])
    if not name or may_be_more_than_a_name(text):
        return []
    alike = customers.filter(search_name__trigram_word_similar=name)
    likeness = TrigramWordSimilarity(name, "search_name")
    found = alike.annotate(likeness=likeness).order_by("-likeness", "search_name", "pk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {LIKE_IT}")
        return list(found.values_list("pk", flat=True)[:limit])


def reached_at(condition: Q) -> Q:
    """Turn a condition on contact points into one on the customers who have them."""
    return Q(pk__in=ContactPoint.objects.filter(condition).values("customer_id"))


def known_at(condition: Q) -> Q:
    """Turn a condition on contact points into one on whom their customers are today."""
    today = Coalesce("customer__canonical", "customer")
    found = ContactPoint.objects.filter(condition).annotate(today=today)
    return Q(pk__in=found.values("today"))


def page(
    customers: QuerySet[Customer],
    *,
    after: UUID | None = None,
    before: UUID | None = None,
    found_by: str = "",
) -> CustomerPage:
    """Cut one page out of ``customers``, sorted by name, that starts beside a given row.

    Keyset pages cost the same wherever they are; a row that is gone starts from the top.
    ``found_by`` is the text that ``customers`` were found by, if any.
    """
    name = _sort_key(found_by)
    if before is not None and (place := _place(before)):
        rows = list(
            customers.filter(_beyond(place, "lt")).order_by(name.desc(), "-pk")[: PAGE + 1]
        )
        shown = rows[:PAGE][::-1]
        return CustomerPage(shown, _id(shown, 0) if len(rows) > PAGE else None, _id(shown, -1))
    place = _place(after) if after else None
    beyond = _beyond(place, "gt") if place else Q()
    rows = list(customers.filter(beyond).order_by(name, "pk")[: PAGE + 1])
    more = len(rows) > PAGE
    shown = rows[:PAGE]
    return CustomerPage(shown, _id(shown, 0) if place else None, _id(shown, -1) if more else None)


def _sort_key(text: str) -> F | Concat:
    """Sort what the index of trigrams finds, instead of a walk through all names in their order.

    Who has “wolf” in the name stands near the end: the walk would pass a million others first.
    """
    if any(len(word) >= TRIGRAM for word in fold(text).split()):
        return Concat("search_name", Value(""))
    return F("search_name")


def may_be_more_than_a_name(text: str) -> bool:
    """Say whether ``text`` looks like a number, a code or an address."""
    return any(sign.isdigit() or sign == "@" for sign in text)


def readable(text: str) -> str:
    """Return what counts of ``text``: as much as anybody types, without what cannot be seen."""
    return without_unseen(text[:TEXT_LIMIT]).strip()


def _with_number(text: str) -> Q:
    """Numbers that are, or contain, what was typed; digits may be those of a code as well."""
    digits = re.sub(r"\D", "", re.split("[xe]", text, flags=re.IGNORECASE)[0])
    code = Customer.objects.filter(number=int(digits)) if digits == text else None
    phones = _phones_with(text, digits.lstrip("0"))
    if code is None:
        return Q(pk__in=phones.values("customer_id"))
    # A union, because the two halves of an OR would not use their indexes.
    return Q(pk__in=code.values("pk").union(phones.values("customer_id")))


def _phones_with(text: str, significant: str) -> QuerySet[ContactPoint]:
    phones = ContactPoint.objects.filter(kind=PHONE)
    try:
        return phones.filter(normalized=normalize_phone(text, region=home_region()).e164)
    except InvalidInput:
        if len(significant) < FEWEST_DIGITS:
            return phones.filter(pk__in=())
        return phones.filter(normalized__contains=significant)


def _place(customer_id: UUID) -> tuple[str, UUID] | None:
    return Customer.objects.filter(pk=customer_id).values_list("search_name", "pk").first()


def _beyond(place: tuple[str, UUID], side: str) -> Q:
    name, pk = place
    # The first half is for the index; the second one decides between equal names.
    return Q((f"search_name__{side}e", name)) & (
        Q((f"search_name__{side}", name)) | Q((f"pk__{side}", pk))
    )


def _id(rows: Sequence[Customer], index: int) -> UUID | None:
    return rows[index].pk if rows else None
