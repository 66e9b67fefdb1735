"""Time zones are those of places."""

from typing import Any

import pytest

from customers.web.forms import CustomerForm
from hub.time_zones import known, offered


@pytest.mark.parametrize("name", ["Europe/Paris", "America/Argentina/Ushuaia", "UTC"])
def test_the_zone_of_a_place_is_offered(name: str) -> None:
    assert name in dict(offered())
    assert name in known()


@pytest.mark.parametrize("name", ["US/Pacific", "Etc/GMT+5", "CET"])
def test_an_old_name_is_taken_but_not_offered(name: str) -> None:
    assert name in known()
    assert name not in dict(offered())


@pytest.mark.parametrize("name", ["localtime", "Factory", "Europe/Nowhere", ""])
def test_what_is_the_zone_of_no_place_is_not_taken(name: str) -> None:
    assert name not in known()
    assert name not in dict(offered())


def test_a_form_keeps_the_old_name_that_a_customer_has() -> None:
    def choices(**initial: Any) -> list[str]:
        return [name for name, _ in CustomerForm(initial=initial).fields["time_zone"].choices]  # type: ignore[attr-defined]

    assert "US/Pacific" in choices(time_zone="US/Pacific")
    assert "US/Pacific" not in choices()
