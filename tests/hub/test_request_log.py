"""What a request leaves in the log."""

import pytest
from django.test import Client
from structlog.testing import capture_logs


@pytest.mark.django_db
def test_the_log_names_the_page_and_not_what_was_searched_for(client: Client) -> None:
    with capture_logs() as lines:
        client.get("/customers/", {"q": "Claire Marchetti"})

    assert any("/customers/" in str(line) for line in lines)
    assert "Marchetti" not in str(lines)
