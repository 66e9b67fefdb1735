"""People who sign in, and the roles they were given, when, by whom."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from timezone_field import TimeZoneField

from hub import history
from hub.actors import Actor, ActorKind, Source, current_request_id
from hub.identifiers import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        """Return an unsaved user with a hashed password; ``hub.accounts.people`` saves it."""
        user = self.model(email=self.normalize_email(email), **values)
        user.set_password(password)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One person with a sign-in of their own; shared accounts would erase accountability."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    time_zone = TimeZoneField(default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the support admin.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(excluded_fields=["password", "last_login"])
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [("manage_people", "Invite people and give them roles")]
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **options: Any) -> None:
        """Django hashes a password anew by itself when its hasher changes: that is no edit."""
        if set(options.get("update_fields") or ()) == {"password"}:
            User.objects.filter(pk=self.pk).update(password=self.password)
        else:
            super().save(*args, **options)

    def as_actor(self) -> Actor:
        """The person as the one who changes something of their own, such as a password."""
        return Actor(ActorKind.USER, str(self.pk), str(self), Source.BROWSER, current_request_id())

    @property
    def initials(self) -> str:
        words = str(self).replace("@", " ").split()
        return "".join(word[0] for word in (words[0], words[-1])).upper() if words else "?"


class RoleGrant(models.Model):
    """A role that a person has, or had: the row stays when the role is taken away.

    ``location_id`` narrows the role to one location; empty means every location.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.ForeignKey(Group, models.PROTECT, related_name="grants")
    location_id = models.UUIDField(null=True, blank=True)
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "location_id"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="one_live_grant_per_role_and_place",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("granted_at")),
                name="grant_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
