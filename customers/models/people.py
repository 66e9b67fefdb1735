"""The customer, the ways to reach one, and the ids that other tools know one by."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone
from timezone_field import TimeZoneField

from customers import references
from customers.labels import code_of, name_of, url_of
from customers.normalizing import display_phone
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from hub.indexes import trigram_index


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, access: Access) -> Self:
        """Customers that a principal may open; an unknown and a hidden one look alike."""
        if access.can(Capability.VIEW_CUSTOMER):
            return self
        if access.can(Capability.VIEW_OWN_CUSTOMER):
            return self.filter(references.own_customers(access)).distinct()
        return self.none()

    def with_contacts(self) -> Self:
        """Load addresses and numbers along, the main ones first, in one query more."""
        points = ContactPoint.objects.order_by("kind", "-is_primary", "created_at", "pk")
        return self.prefetch_related(Prefetch("contact_points", points))

    def with_addresses(self) -> Self:
        """Load the further postal addresses along, in one query more."""
        found = PostalAddress.objects.order_by("created_at", "pk")
        return self.prefetch_related(Prefetch("addresses", found))

    def current(self) -> Self:
        """Without those that were merged into another, or erased."""
        return self.filter(canonical=None, erased_at=None)


class Customer(models.Model):
    """One person or firm, known by a stable id and a short code such as C-004812."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    company = models.CharField(max_length=120, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=160, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=8, default="en")
    time_zone = TimeZoneField(null=True, blank=True, help_text="Empty: the location's own.")
    notes = models.TextField(blank=True, max_length=4000)
    # What search compares and lists sort by: family name, given name, company, all folded.
    search_name = models.CharField(max_length=300, blank=True, editable=False)
    canonical = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = CustomerQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("view_customer", "See all customers"),
            ("view_own_customer", "See customers one has appointments with"),
            ("edit_customer", "Add and change customers"),
            ("merge_customer", "Merge customers, and take a merge back"),
            ("import_customer", "Import customers from a file"),
            ("export_customer", "Export customers"),
            ("erase_customer", "Erase what is known about a person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(given_name="", family_name="", company=""), name="customer_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(canonical=None) | ~Q(canonical=F("id")),
                name="customer_not_merged_into_itself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["search_name", "id"], name="customer_by_name"),
            models.Index(fields=["created_at", "id"], name="customer_by_age"),
            # Partial: without statistics a plain one is taken to find who is not merged.
            models.Index(
                fields=["canonical"], name="customer_merged_into", condition=~Q(canonical=None)
            ),
            trigram_index("search_name", name="customer_search"),
            models.Index(
                Lower("street"), "postal_code", name="customer_by_address", condition=~Q(street="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_of(self.pk)

    @property
    def is_current(self) -> bool:
        """Say whether it was neither merged into another nor erased."""
        return self.canonical_id is None and self.erased_at is None

    @property
    def name(self) -> str:
        return name_of(self.given_name, self.family_name, self.company)

    @property
    def code(self) -> str:
        return code_of(self.number)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in {words[0]: 0, words[-1]: 0}).upper()

    def email(self) -> str:
        """Return the main address as it was given; one query unless ``with_contacts``."""
        return self._main(ContactKind.EMAIL)

    def phone(self) -> str:
        """Return the main number, written to be read; one query unless ``with_contacts``."""
        return self._main(ContactKind.PHONE)

    def _main(self, kind: "ContactKind") -> str:
        points = (point for point in self.contact_points.all() if point.kind == kind)
        return next((point.shown for point in points if point.is_primary), "")


class ContactKind(models.TextChoices):
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"


def local_part() -> models.Func:
    """Return what stands before the @ of a normalized address, as its index has it."""
    parts = (F("normalized"), models.Value("@"), models.Value(1))
    return models.Func(*parts, function="split_part", output_field=models.CharField())


class ContactPoint(models.Model):
    """An e-mail address or phone number: as it was given, and as it is compared.

    ``normalized`` is a lower-case address or an E.164 number; an extension stands apart. A
    ``shared`` one (a family's phone, info@ of a firm) never links anybody by itself. A
    ``doubtful`` number has a possible length, but is not known to be in use.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="contact_points", db_index=False
    )
    kind = models.CharField(max_length=8, choices=ContactKind)
    value = models.CharField(max_length=254)
    normalized = models.CharField(max_length=254)
    extension = models.CharField(max_length=12, blank=True)
    is_primary = models.BooleanField(default=True)
    verified = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    doubtful = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normalized", "extension"],
                name="contact_point_once_per_customer",
            ),
            models.UniqueConstraint(
                fields=["normalized"],
                condition=Q(kind=ContactKind.EMAIL, verified=True, shared=False),
                name="verified_email_names_one_customer",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(is_primary=True),
                name="one_primary_contact_per_kind",
            ),
            models.CheckConstraint(condition=~Q(normalized=""), name="contact_point_not_empty"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["normalized", "kind"], name="contact_by_value"),
            trigram_index("normalized", name="contact_search"),
            models.Index(
                local_part(), name="contact_by_local_part", condition=Q(kind=ContactKind.EMAIL)
            ),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two of them one: kind, normalized form and extension."""
        return str(self.kind), self.normalized, self.extension

    @property
    def shown(self) -> str:
        if self.kind == ContactKind.PHONE:
            return display_phone(self.normalized, self.extension)
        return self.value


class ExternalId(models.Model):
    """An id under which another tool, or the file of an import, knows a customer.

    ``system`` names who uses the id; within it an id means one customer. A customer has
    several in one system when records were merged there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="external_ids")
    system = models.CharField(max_length=64)
    value = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "value"], name="external_id_names_one"),
            models.CheckConstraint(
                condition=~Q(system="") & ~Q(value=""), name="external_id_not_empty"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["value"], name="external_id_by_value")]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class AddressKind(models.TextChoices):
    BILLING = "billing", "Billing address"
    HOME = "home", "Home address"
    WORK = "work", "Work address"
    VISIT = "visit", "Address we come to"


class PostalAddress(models.Model):
    """A further postal address; the main one is written in the columns of the customer.

    It has no version of its own: whoever changes one raises that of the customer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="addresses", db_index=False
    )
    kind = models.CharField(max_length=8, choices=AddressKind)
    label = models.CharField(max_length=60, blank=True, help_text="Such as “second floor”.")
    street = models.CharField(max_length=160, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "postal addresses"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "street", "postal_code", "city", "country"],
                name="postal_address_once_per_customer",
            ),
            models.CheckConstraint(
                condition=~Q(street="", postal_code="", city=""), name="postal_address_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.street, f"{self.postal_code} {self.city}".strip())))
