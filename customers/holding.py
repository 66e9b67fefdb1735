"""Keep a customer from being merged away while something is added to it."""

from uuid import UUID

from hub import locks


def hold(customer_id: UUID) -> None:
    """Let no merge touch the customer until the end of the transaction; read it after this.

    Many can hold one customer together. Comes before all other locks but the person's epoch.
    """
    locks.shared(lock_of(customer_id))


def lock_of(customer_id: UUID) -> str:
    """The lock that a merge takes alone."""
    return f"customer:{customer_id}"
