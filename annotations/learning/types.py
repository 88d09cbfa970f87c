"""The vocabulary of learning."""

from django.db import models


class TrainingState(models.TextChoices):
    """How a training run stands (its Job says how the work stands)."""

    WAITING = "waiting", "Waiting"
    TRAINING = "training", "Training"
    WON = "won", "Became the champion"
    LOST = "lost", "Did not beat the champion"
    FAILED = "failed", "Failed"


class StartedBy(models.TextChoices):
    """Who asked for it."""

    HAND = "hand", "By hand"
    TRIGGER = "trigger", "By the trigger"


class Part(models.TextChoices):
    """The two sides of the fixed split by patient."""

    TRAIN = "train", "Training"
    HELD_OUT = "held_out", "Held out for scoring"


class ChangeKind(models.TextChoices):
    """How a champion got the title."""

    WON = "won", "Beat the champion on the held-out cases"
    CHOSEN = "chosen", "Chosen by hand"
    ROLLED_BACK = "rolled_back", "Rolled back"
