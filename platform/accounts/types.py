"""The vocabulary of who may do what."""

from django.db import models


class Role(models.TextChoices):
    """What a person is in a team (one person may hold several)."""

    MANAGER = "manager", "Project manager"
    READER = "reader", "Reader"
    ADJUDICATOR = "adjudicator", "Adjudicator"
    ENGINEER = "engineer", "AI engineer"
    RESEARCHER = "researcher", "Researcher"
