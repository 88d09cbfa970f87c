"""The vocabulary of reading."""

from django.db import models


class ProjectState(models.TextChoices):
    """Readers see a live project only."""

    DRAFT = "draft", "Being set up"
    LIVE = "live", "Live"
    CLOSED = "closed", "Closed"


class ReadingState(models.TextChoices):
    """assigned → open → submitted; a manager may send a submitted one back."""

    ASSIGNED = "assigned", "Assigned"
    OPEN = "open", "Open"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Sent back"


class ConsensusRule(models.TextChoices):
    """How several readings become one."""

    MAJORITY = "majority", "Majority"
    STAPLE = "staple", "STAPLE"


class QuestionKind(models.TextChoices):
    """What an answer looks like."""

    CHOICE = "choice", "One of several"
    NUMBER = "number", "Number"
    TEXT = "text", "Text"
    YES_NO = "yes_no", "Yes or no"
