"""The vocabulary of marks."""

from django.db import models


class Origin(models.TextChoices):
    """Whose marks a mark set holds."""

    READER = "reader", "A reader"
    DRAFT = "draft", "A model's draft"
    CONSENSUS = "consensus", "A consensus of readings"
    IMPORTED = "imported", "Imported"


class RevisionKind(models.TextChoices):
    """What made a revision."""

    EDIT = "edit", "Edited"
    TAKE_DRAFT = "take_draft", "Took an AI draft"
    RESTORE = "restore", "Restored an earlier state"
    RUN = "run", "Written by a model run"
    CONSENSUS = "consensus", "Computed consensus"
