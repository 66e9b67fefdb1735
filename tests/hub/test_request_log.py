"""What a request leaves in the log."""

import io
import logging

import pytest
from django.db import DatabaseError
from django.test import Client

from customers.models import Customer
from hub import logs
from tests.factories.customers import customer


@pytest.mark.django_db
def test_the_log_names_the_page_and_not_what_was_searched_for(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/customers/", {"q": "Claire Marchetti"})

    assert "/customers/" in caplog.text
    assert "Marchetti" not in caplog.text


@pytest.mark.django_db
def test_a_refusal_of_the_database_is_logged_without_the_row() -> None:
    claire = customer("Claire Marchetti", notes="Likes tea\n\nand cake")
    refused = Customer.objects.filter(pk=claire.pk)

    with pytest.raises(DatabaseError) as caught:
        refused.update(number=None)

    assert "Marchetti" in str(caught.value)
    written = logged(caught.value)
    assert "IntegrityError" in written
    assert 'null value in column \\"number\\"' in written
    assert not [word for word in ("Marchetti", "tea", "cake") if word in written]


def logged(error: Exception) -> str:
    """Return the line that the log of the program has about an unexpected failure."""
    made = logs.configure(level="INFO")["formatters"]["json"]
    kind = made.pop("()")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(kind(**made))
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Broken", (), None)
    record.exc_info = (type(error), error, error.__traceback__)
    handler.handle(record)
    return written.getvalue()
