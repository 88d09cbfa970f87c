"""The vocabulary of AI assistance."""

from django.db import models


class VersionSource(models.TextChoices):
    """Where a model version came from."""

    UPLOADED = "uploaded", "Registered by an administrator"
    TRAINED = "trained", "Trained here"
    SHIPPED = "shipped", "Came with the product"


class DraftOutcome(models.TextChoices):
    """What became of a draft in one reading, by comparing the marks themselves."""

    PENDING = "pending", "Not decided yet"
    ACCEPTED = "accepted", "Taken and unchanged"
    EDITED = "edited", "Taken and changed"
    REJECTED = "rejected", "Rejected"


class DraftAction(models.TextChoices):
    """What a reader did with a draft."""

    ACCEPT = "accept", "Accepted"
    EDIT = "edit", "Took it to edit"
    REJECT = "reject", "Rejected"
