"""Connections that exist in the database alone: nobody is called."""

from typing import Any

from hub import history
from syncs.models import Connection
from tests.factories.people import SETUP, person


def make_account(vendor: str = "hubspot", **values: Any) -> Connection:
    owner = values.pop("owner", None) or person("Administrator")
    made = Connection(vendor=vendor, label=vendor, owner=owner, **values)
    return history.create(made, by=SETUP)
