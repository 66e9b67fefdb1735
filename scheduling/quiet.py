"""Hours in which nobody is disturbed, on the clock of the one who would be."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling import availability
from scheduling.availability import Span
from scheduling.hours import Hours

ONE_DAY = timedelta(days=1)


def before_quiet(moment: datetime, quiet: Hours, zone: ZoneInfo) -> datetime:
    """Return ``moment``, or the begin of the quiet hours around it: early rather than too late."""
    stretch = _around(moment, quiet, zone)
    return availability.moment(stretch[0]) if stretch else moment


def after_quiet(moment: datetime, quiet: Hours, zone: ZoneInfo) -> datetime:
    """Return ``moment``, or the end of the quiet hours around it."""
    stretch = _around(moment, quiet, zone)
    return availability.moment(stretch[1]) if stretch else moment


def _around(moment: datetime, quiet: Hours, zone: ZoneInfo) -> Span | None:
    """Return the quiet stretch that holds ``moment``; nights go from one day to the next.

    Who is quiet around the clock is quiet for the two days around it, not for ever.
    """
    today = moment.astimezone(zone).date()
    days = (today - ONE_DAY, today, today + ONE_DAY)
    stretches = availability.work_over(((day, quiet) for day in days), zone)
    at = availability.seconds(moment)
    return next((span for span in stretches if span[0] <= at < span[1]), None)
