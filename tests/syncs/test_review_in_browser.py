"""The weekly review in a real browser, at both widths, and the way from it to the questions."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.belonging import inspect_lines
from customers.tasks import compare
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import DESK, person

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_weekly_review_fits_and_leads_to_the_questions(
    page: Page, live_server: object, complaints: list[str], size: str
) -> None:
    cookie = signed_in(person("Manager")).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": str(live_server)}]
    )
    customer(email="claire@marchetti.example", by=DESK)
    customer("Claire Marchetti", phone="+33612345678", by=DESK)
    compare()
    inspect_lines(at=timezone.now())
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))  # type: ignore[arg-type]

    page.goto(f"{live_server}/sync/")
    review = page.get_by_role("region", name="Weekly review")
    review.scroll_into_view_if_needed()

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    expect(review.get_by_text("Visits apart from their invoice")).to_be_visible()
    review.get_by_role("link", name="Answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Known twice?")).to_be_visible()
    assert complaints == []
