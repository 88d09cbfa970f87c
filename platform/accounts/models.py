"""People, the teams they belong to with their roles, and their API tokens."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from accounts.types import Role
from common.models import BaseModel


class User(AbstractUser):
    """A person. `is_staff` marks an administrator of the installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    display_name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    hotkeys = models.JSONField(default=dict, blank=True, help_text="{command: [keys]}; the others have the usual ones")
    overlay = models.JSONField(default=dict, blank=True, help_text="{text over images: shown}; the others are as usual")

    def __str__(self) -> str:
        return self.display_name or self.username


class Team(BaseModel):
    """A group of people that shares studies; every project has one."""

    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Membership(BaseModel):
    """One role of one person in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.team_id}"


class Token(BaseModel):
    """An API token; only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name or 'token'} of {self.user_id}"
