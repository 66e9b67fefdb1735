"""How customers were recognized, and the questions about identity that a person answers."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils import timezone

from customers.models.people import Customer
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7

SIDES = ("customer", "candidate")


class Recognition(models.Model):
    """One time a claim ended at a customer: by which tier, and on what evidence. Only added to.

    ``tier`` is ``none`` when the claim made the customer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="recognitions", db_index=False
    )
    tier = models.CharField(max_length=16)
    evidence = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=200)
    source = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="recognition_by_customer")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.tier}"


class PendingComparison(models.Model):
    """A customer that was added or changed and is yet to be compared with all others.

    ``imported``: only imports added or changed it since it was compared last, so it is compared
    when none runs. ``since`` is when it was noted first, or when a person changed it.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="pending_comparison"
    )
    since = models.DateTimeField(db_default=Now())
    imported = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["imported", "since"], name="comparison_by_turn")]

    def __str__(self) -> str:
        return str(self.customer_id)


class ReviewState(models.TextChoices):
    OPEN = "open", "Open"
    DIFFERENT = "different", "Not the same person"
    MERGED = "merged", "Merged"


class IdentityReviewQuerySet(models.QuerySet["IdentityReview"]):
    def visible_to(self, access: Access) -> Self:
        """Questions of which a principal may see both sides."""
        if access.can(Capability.VIEW_CUSTOMER):
            return self
        seen = Customer.objects.visible_to(access).values("pk")
        return self.filter(customer__in=seen, candidate__in=seen)

    def about(self, customer: Customer) -> Self:
        """Questions in which ``customer`` is either side."""
        return self.filter(Q(customer=customer) | Q(candidate=customer))

    def between(self, one: Customer | UUID, other: Customer | UUID) -> Self:
        """The question about these two, whichever of them is the candidate; one at most."""
        return self.filter(Q(customer=one, candidate=other) | Q(customer=other, candidate=one))

    def waiting(self, *, at: datetime) -> Self:
        """Questions for people to answer now: of two records that still stand, not put off."""
        return self.filter(
            Q(postponed_until=None) | Q(postponed_until__lte=at),
            state=ReviewState.OPEN,
            customer__canonical=None,
            candidate__canonical=None,
        )

    def with_both(self) -> Self:
        """Load both sides with their addresses and numbers."""
        sides = [Prefetch(side, Customer.objects.with_contacts()) for side in SIDES]
        return self.prefetch_related(*sides)


class IdentityReview(models.Model):
    """“Are these two the same?”: asked with evidence, answered by a person, remembered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reviews")
    candidate = models.ForeignKey(Customer, models.PROTECT, related_name="reviews_as_candidate")
    evidence = models.JSONField(default=list)
    # How sure the evidence makes us, 0 to 100; the queue shows the surest first.
    score = models.PositiveSmallIntegerField(default=50)
    state = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.OPEN)
    postponed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = IdentityReviewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                Least("customer", "candidate"),
                Greatest("customer", "candidate"),
                name="one_review_per_pair",
            ),
            models.CheckConstraint(
                condition=~Q(customer=F("candidate")), name="review_is_about_two"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="review_score_in_percent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-score", "id"], name="review_queue", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.customer} = {self.candidate}?"

    def other_id(self, customer: Customer) -> UUID:
        """Return the id of the side that ``customer`` is not."""
        return self.candidate_id if self.customer_id == customer.pk else self.customer_id
