"""Secret addresses under which a calendar program reads appointments: make, renew, revoke.

An address carries the rights of whoever made it, as they are when it is read. Its token is shown
once; the hub keeps the hash.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import access, history, outbox
from hub.access import Access, AccessDenied, Capability
from hub.actors import Actor, ActorKind
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from hub.rest.authentication import digest_of
from scheduling.models import CalendarFeed, FeedDetails, Location, Staff
from scheduling.permitting import is_own
from scheduling.reach import locations_of
from scheduling.setup import writing

SEES = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
SUBSCRIBES = (Capability.SET_UP_SCHEDULE, *SEES)
TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
NOTE_READ_EVERY = timedelta(minutes=10)
CLOSED = "There is nothing here."
MOST_FEEDS = 20  # of one calendar


class FeedRevokedAlready(DomainError):
    code = "feed_revoked_already"


class TooManyFeeds(DomainError):
    code = "too_many_feeds"


class FeedClosed(DomainError):
    """Whatever the reason: who asks learns nothing."""

    code = "feed_closed"


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """A feed that may be read, and whose eyes it is read with."""

    feed: CalendarFeed
    held: Access


@dataclass(frozen=True, slots=True)
class NewFeed:
    """``token`` exists only here and with whoever asked for it; the hub keeps its hash."""

    feed: CalendarFeed
    token: str

    def __repr__(self) -> str:
        return f"NewFeed({self.feed.pk})"


@transaction.atomic
def add_staff_feed(
    staff_id: UUID, *, details: FeedDetails, at: datetime, by: Actor, name: str = ""
) -> NewFeed:
    """Make an address of the appointments of one person; ``name`` says where it is read.

    :raises AccessDenied: it is somebody else and ``by`` may not set them up, or not see them.
    :raises InvalidInput: there is no such person, they are gone, or a value cannot be right.
    :raises TooManyFeeds: there are ``MOST_FEEDS`` of them already.
    """
    held = access.require(by, *SUBSCRIBES)
    # Nobody ends them meanwhile; bookings go on.
    staff = Staff.objects.select_for_update(no_key=True).filter(pk=staff_id).first()
    if staff is None or not staff.is_active:
        raise InvalidInput("There is nobody of this kind who can be booked.", field="staff")
    return _add(CalendarFeed(staff=staff, details=details, name=name), held, at=at, by=by)


@transaction.atomic
def add_location_feed(
    location_id: UUID, *, details: FeedDetails, at: datetime, by: Actor, name: str = ""
) -> NewFeed:
    """Make an address of all appointments of a location; ``name`` says where it is read.

    :raises AccessDenied: ``by`` may not set it up, or not see all of its calendar.
    :raises InvalidInput: there is no such location, it is closed, or a value cannot be right.
    :raises TooManyFeeds: there are ``MOST_FEEDS`` of them already.
    """
    held = access.require(by, *SUBSCRIBES)
    place = Location.objects.select_for_update(no_key=True).filter(pk=location_id).first()
    if place is None or not place.is_active:
        raise InvalidInput("There is no such location that is open.", field="location")
    return _add(CalendarFeed(location=place, details=details, name=name), held, at=at, by=by)


@transaction.atomic
def renew_feed(
    feed_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> NewFeed:
    """Give a feed another address, with the rights of ``by``; the old one is closed at once.

    :raises CalendarFeed.DoesNotExist: there is none.
    :raises AccessDenied: ``by`` could not have made it.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises FeedRevokedAlready: it was revoked before.
    """
    held = access.require(by, *SUBSCRIBES)
    feed = _locked(feed_id, expected_version)
    _require_maker(held, feed)
    token = _give_token(feed, at=at, by=by)
    history.save(feed, fields=["token_sha256", "renewed_at", "owner", "owner_key"], by=by)
    outbox.record(EventName.FEED_RENEWED, subject=feed, by=by)
    return NewFeed(feed, token)


@transaction.atomic
def revoke_feed(
    feed_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> CalendarFeed:
    """Close an address for good.

    :raises CalendarFeed.DoesNotExist: there is none.
    :raises AccessDenied: ``by`` neither made it nor could have made it.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises FeedRevokedAlready: it was revoked before.
    """
    held = access.require(by, *SUBSCRIBES)
    feed = _locked(feed_id, expected_version)
    if not (_is_owner(held, feed) or _may_set_up(held, feed) or _is_of(held, feed)):
        raise AccessDenied("This subscription is of somebody else.")
    feed.revoked_at = at
    history.save(feed, fields=["revoked_at"], by=by)
    outbox.record(EventName.FEED_REVOKED, subject=feed, by=by)
    return feed


def open_feed(token: str, *, at: datetime) -> OpenFeed:
    """Return the feed of an address, with the rights that it carries now.

    :raises FeedClosed: unknown, revoked, its maker may not see it any more, or it has ended.
    """
    if not TOKEN.fullmatch(token):
        raise FeedClosed(CLOSED)
    known = CalendarFeed.objects.select_related("staff", "location")
    feed = known.filter(token_sha256=digest_of(token), revoked_at=None).first()
    held = rights_of(feed) if feed else access.NOBODY
    if feed is None or not may_read(held, feed):
        raise FeedClosed(CLOSED)
    if feed.last_read_at is None or feed.last_read_at < at - NOTE_READ_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)  # no edit, as with keys
    return OpenFeed(feed, held)


def rights_of(feed: CalendarFeed) -> Access:
    """Return what whoever made the address may do now; nothing once they are gone."""
    if feed.owner_id is not None:
        return access.of_user(feed.owner_id)
    assert feed.owner_key_id is not None  # noqa: S101  (a constraint)
    return access.of_key(feed.owner_key_id)


def may_read(held: Access, feed: CalendarFeed) -> bool:
    """Say whether ``held`` may see this calendar, and whether it is still kept."""
    sees_all = held.can(Capability.VIEW_CALENDAR)
    if feed.staff is None:
        return sees_all and locations_of(held).filter(pk=feed.calendar.pk).exists()
    if not (sees_all or is_own(held, feed.staff)):
        return False
    reached = Staff.objects.working_in(locations_of(held))
    return reached.filter(pk=feed.staff.pk, is_active=True).exists()


def _add(feed: CalendarFeed, held: Access, *, at: datetime, by: Actor) -> NewFeed:
    _require_maker(held, feed)
    siblings = CalendarFeed.objects.filter(staff=feed.staff, location=feed.location)
    if siblings.filter(revoked_at=None).count() >= MOST_FEEDS:
        raise TooManyFeeds(f"{feed.calendar} has {MOST_FEEDS} subscriptions: revoke one first.")
    feed.created_at = at
    token = _give_token(feed, at=at, by=by)
    writing.require_right(feed)
    history.create(feed, by=by)
    outbox.record(EventName.FEED_ADDED, subject=feed, by=by)
    return NewFeed(feed, token)


def _give_token(feed: CalendarFeed, *, at: datetime, by: Actor) -> str:
    """Set a new token and whose rights it carries.

    :raises AccessDenied: ``by`` is no one whose rights could end.
    """
    if by.kind not in {ActorKind.USER, ActorKind.KEY}:
        raise AccessDenied("A subscription is made by a person or an API key.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed.token_sha256, feed.renewed_at = digest_of(token), at
    feed.owner_id = UUID(by.id) if by.kind is ActorKind.USER else None
    feed.owner_key_id = UUID(by.id) if by.kind is ActorKind.KEY else None
    return token


def _locked(feed_id: UUID, expected_version: int | None) -> CalendarFeed:
    known = CalendarFeed.objects.select_related("staff", "location")
    feed = known.select_for_update(of=("self",)).get(pk=feed_id)
    if feed.revoked_at is not None:
        raise FeedRevokedAlready("This subscription was revoked already.")
    require_version(feed.version, expected_version)
    return feed


def _require_maker(held: Access, feed: CalendarFeed) -> None:
    """:raises AccessDenied: the calendar is not one's own nor set up by ``held``, or unseen."""
    if not (_may_set_up(held, feed) or _is_of(held, feed)) or not may_read(held, feed):
        raise AccessDenied("Your role does not let you subscribe to this calendar.")


def _may_set_up(held: Access, feed: CalendarFeed) -> bool:
    place = feed.staff.location_id if feed.staff else feed.location_id
    reaches = held.locations is None or place in held.locations
    return reaches and held.can(Capability.SET_UP_SCHEDULE)


def _is_of(held: Access, feed: CalendarFeed) -> bool:
    return feed.staff is not None and is_own(held, feed.staff) and held.can(*SEES)


def _is_owner(held: Access, feed: CalendarFeed) -> bool:
    return held.user_id is not None and feed.owner_id == held.user_id
