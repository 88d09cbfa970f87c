"""How much the archive may hold. Intake asks before it writes anything."""

import shutil
import threading
import time
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db.models import Sum

from studies.errors import QuotaExceededError
from studies.models import HeldInstance, Instance, SetAsideFile, StorageRules

REMEMBERED_S = 5.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What the archive holds, in bytes.

    Attributes
    ----------
    images, set_aside : int
        Files of instances, and files that were set aside; metadata and pictures made of them add about a hundredth.
    held : int
        Copies that wait for the review of de-identification.
    disk_free : int or None
        Free space below the folder of blobs; None with S3.
    """

    images: int
    set_aside: int
    held: int
    disk_free: int | None

    @property
    def total(self) -> int:
        """What counts against the quota."""
        return self.images + self.set_aside + self.held


def storage_rules() -> StorageRules:
    """Return the rules; without a row there are no limits."""
    return StorageRules.objects.filter(pk=1).first() or StorageRules()


def storage_usage() -> Usage:
    """Count what the archive holds: sums over the index."""
    images = Instance.objects.aggregate(total=Sum("size_bytes", default=0))["total"]
    aside = SetAsideFile.objects.exclude(blob="").aggregate(total=Sum("size_bytes", default=0))["total"]
    held = HeldInstance.objects.exclude(blob="").aggregate(total=Sum("size_bytes", default=0))["total"]
    try:
        free = shutil.disk_usage(default_storage.path("")).free
    except (NotImplementedError, FileNotFoundError):
        free = None
    return Usage(images, aside, held, free)


class _Remembered:
    """Used bytes and quota, asked every few seconds; what this process lets in meanwhile is added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Ask anew the next time."""
        self._until = 0.0
        self._left: int | None = None

    def take(self, wanted: int) -> bool:
        """Say whether so many bytes fit, and count them when they do."""
        with self._lock:
            if time.monotonic() >= self._until:
                quota = storage_rules().quota_bytes
                self._left = None if quota is None else quota - storage_usage().total
                self._until = time.monotonic() + REMEMBERED_S
            if self._left is None:
                return True
            if wanted > self._left or self._left <= 0:
                self._until = 0.0  # somebody may be making room at this moment
                return False
            self._left -= wanted
            return True


_remembered = _Remembered()


def require_space(bytes_wanted: int) -> None:
    """Refuse new bytes beyond the quota; intake asks before it writes anything.

    Several processes may overshoot together by what they take in within five seconds.

    Raises
    ------
    QuotaExceededError
        They do not fit. Nothing was written; the sender still has them.
    """
    if bytes_wanted and not _remembered.take(bytes_wanted):
        raise QuotaExceededError(
            "The archive is full: its quota leaves no room for these files. Nothing of them was stored; keep them, and "
            "ask an administrator for room."
        )


def has_room(bytes_wanted: int) -> bool:
    """Say whether so many bytes fit into the quota now; nothing is counted for them."""
    quota = storage_rules().quota_bytes
    return quota is None or not bytes_wanted or storage_usage().total + bytes_wanted <= quota


def ask_anew() -> None:
    """Forget what was remembered of used bytes and quota in this process."""
    _remembered.forget()
