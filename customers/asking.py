"""Ask people whether two customers are one."""

from collections.abc import Iterable

from customers.models import Customer, IdentityReview
from customers.scoring import weigh
from hub import history
from hub.actors import Actor


def drafted(customer: Customer, candidate: Customer, facts: Iterable[str]) -> IdentityReview:
    """Return the question whether ``customer`` is ``candidate``, which is not saved yet."""
    evidence = [str(fact) for fact in facts]
    return IdentityReview(
        customer=customer, candidate=candidate, evidence=evidence, score=weigh(evidence)
    )


def ask_about(
    customer: Customer, candidate: Customer, facts: Iterable[str], *, by: Actor
) -> IdentityReview | None:
    """Ask people whether the two are one, unless that was asked or answered before."""
    if customer == candidate or IdentityReview.objects.between(customer, candidate).exists():
        return None
    return history.create(drafted(customer, candidate, facts), by=by)
