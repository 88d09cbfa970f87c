"""What one association brings: one import, opened with its first file and closed when the association ends."""

import errno
import logging
import threading
from pathlib import Path

from django.db import transaction

from accounts.models import User
from audit.services import record_action
from common.errors import DomainError
from studies import policies
from studies.errors import QuotaExceededError, TooLargeError
from studies.models import Import, RemoteNode, Series, SeriesGrant
from studies.services import close_import, open_import, store_file
from studies.types import FileOutcome, Outcome, SetAsideReason

logger = logging.getLogger(__name__)

SUCCESS = 0x0000
DUPLICATE_SOP_INSTANCE = 0x0111
"""The UID is taken by other bytes, which are kept for a person to settle (PS3.7 C.5.8)."""
NOT_AUTHORISED = 0x0124
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000
"""PS3.4 table B.2-1."""


def node_for(ae_title: str, address: str) -> RemoteNode | None:
    """Return the machine that may send under this AE title from this address, or None."""
    nodes = RemoteNode.objects.select_related("user", "team").filter(ae_title=ae_title.strip(), enabled=True)
    return next((node for node in nodes if node.host in ("", address)), None)


class Session:
    """One association. Its methods may be called from several threads; it does one thing at a time."""

    def __init__(self, node: RemoteNode) -> None:
        self.node = node
        self._lock = threading.Lock()
        self._batch: Import | None = None
        self._ended = False

    def store(self, file: Path, *, name: str) -> int:
        """Take a received file in and return the status for its sender; success means durable.

        A file that cannot be taken in is kept, set aside, and told as a failure all the same: its sender must not
        think that it can be seen.
        """
        with self._lock:
            if self._ended:
                return OUT_OF_RESOURCES
            try:
                return _status(self._store(file, name))
            except (QuotaExceededError, TooLargeError) as error:
                logger.warning("%s: refused: %s", self.node, error.message)
                return OUT_OF_RESOURCES
            except DomainError as error:
                logger.warning("%s: refused: %s", self.node, error.message)
                return NOT_AUTHORISED
            except OSError as error:
                logger.exception("%s: cannot store", self.node)
                return OUT_OF_RESOURCES if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO) else CANNOT_UNDERSTAND
            except Exception:
                logger.exception("%s: cannot store", self.node)  # the association goes on with the next file
                return OUT_OF_RESOURCES

    def _store(self, file: Path, name: str) -> list[FileOutcome]:
        if self._batch is None:
            self._batch = open_import(actor=self.node.user, source=f"dicom {self.node.ae_title}")
        with file.open("rb") as content:
            return store_file(batch=self._batch, path=f"{self.node.ae_title}/{name}", file=content)

    def end(self) -> None:
        """Close the import; jobs index what came. Ending twice is harmless."""
        with self._lock:
            self._ended = True
            batch, self._batch = self._batch, None
        if batch is None:
            return
        grant_to_team(node=self.node, batch=batch)
        close_import(actor=self.node.user, batch=batch, index=False)


def _status(outcomes: list[FileOutcome]) -> int:
    refused = [one for one in outcomes if one.outcome == Outcome.SET_ASIDE]
    if any(one.reason in (SetAsideReason.CONFLICT, SetAsideReason.SERIES_TAKEN) for one in refused):
        return DUPLICATE_SOP_INSTANCE
    return CANNOT_UNDERSTAND if refused or not outcomes else SUCCESS


@transaction.atomic
def grant_to_team(*, node: RemoteNode, batch: Import) -> None:
    """Let the node's team see the series that the import brought.

    Only those that the node's user sees: who sends a part of a series does not give the rest away.
    """
    if node.team is None:
        return
    reach = policies.visible_series(user=node.user) if node.user is not None else Series.objects.all()
    for series in reach.filter(instances__imports__batch=batch).distinct():
        _, made = SeriesGrant.objects.give(series=series, team=node.team)
        if made:
            record_action(
                actor=node.user, action="series.grant", subject=f"series:{series.series_uid}", team=node.team,
                detail={"by": f"dicom {node.ae_title}"},
            )  # fmt: skip


def may_send(user: User | None) -> bool:
    """Say whether files may belong to this person; None is the system."""
    return user is None or (user.is_active and policies.can_import(user=user))
