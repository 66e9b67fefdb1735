import pytest

from customers.models import Customer
from hub.access import Capability
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer


@pytest.fixture
def tool() -> ApiClient:
    return api_key(Capability.VIEW_CUSTOMER, Capability.EDIT_CUSTOMER, Capability.VIEW_HISTORY)


@pytest.fixture
def claire() -> Customer:
    return customer(
        email="Claire@Marchetti.example", phone="+33612345678", time_zone="Europe/Paris"
    )
