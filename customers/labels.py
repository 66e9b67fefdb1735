"""Name, code and address of the page of a customer, from plain values: no database, no clock."""

from uuid import UUID


def name_of(given_name: str, family_name: str, company: str) -> str:
    """Return the name of a person; that of the company where nobody is named."""
    return f"{given_name} {family_name}".strip() or company


def short_name_of(given_name: str, family_name: str, company: str) -> str:
    """Return as much of a name as tells whom to expect, such as “Mara W.”."""
    if given_name and family_name:
        return f"{given_name} {family_name[0]}."
    return given_name or family_name or company


def code_of(number: int) -> str:
    return f"C-{number:06d}"


def url_of(customer_id: UUID) -> str:
    return f"/customers/{customer_id}/"
