"""What every table shares."""

import uuid

from django.db import models

from common.clock import now


class BaseModel(models.Model):
    """A row with an unguessable id and the time it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        abstract = True
