"""An application entity that takes images in: pynetdicom speaks the protocol, intake does the rest."""

import ipaddress
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connections
from pynetdicom import AE, _config, evt
from pynetdicom.sop_class import Verification

from studies.dimse.sessions import CANNOT_UNDERSTAND, Session, may_send, node_for

logger = logging.getLogger(__name__)
REJECTED_PERMANENT, BY_USER, CALLING_AE_UNKNOWN = 0x01, 0x01, 0x03
"""PS3.8 table 9-21."""


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """Where and how to listen.

    Attributes
    ----------
    host, port : str, int
        Address to bind; port 0 takes a free one.
    ae_title : str
        Ours. Who calls another is rejected.
    max_associations : int
        How many may be open at once; the next one is rejected.
    max_pdu_bytes : int
        Largest PDU that we take; 0: any.
    idle_s : float
        A silent association is aborted after so long.
    spool : Path
        Folder for files while they arrive.
    """

    host: str
    port: int
    ae_title: str
    spool: Path
    max_associations: int = 32
    max_pdu_bytes: int = 128 << 10
    idle_s: float = 60.0


class Listener:
    """Listens from `start` until `stop`. One thread per association, by pynetdicom."""

    def __init__(self, settings: ListenerSettings) -> None:
        self._settings = settings
        self._sessions: dict[Any, Session] = {}
        self._server: Any = None
        self._ae = AE(ae_title=settings.ae_title)
        self._ae.require_called_aet = True
        self._ae.maximum_associations = settings.max_associations
        self._ae.maximum_pdu_size = settings.max_pdu_bytes
        self._ae.network_timeout = settings.idle_s
        self._ae.dimse_timeout = settings.idle_s
        self._ae.acse_timeout = min(settings.idle_s, 30.0)
        self._ae.add_supported_context(Verification)

    def start(self) -> int:
        """Begin to listen and return the port.

        Raises
        ------
        OSError
            The address cannot be bound.
        """
        logging.getLogger("pynetdicom").setLevel(logging.WARNING)  # else several lines per file
        self._settings.spool.mkdir(parents=True, exist_ok=True)
        for left in self._settings.spool.glob("*.dcm"):  # a killed listener's; nobody was told that they are stored
            left.unlink(missing_ok=True)
        # Every storage class, private and unknown ones too, in any transfer syntax; straight to disk as it comes.
        _config.UNRESTRICTED_STORAGE_SERVICE = True
        _config.STORE_RECV_CHUNKED_DATASET = True
        tempfile.tempdir = str(self._settings.spool)
        handlers = [
            (evt.EVT_REQUESTED, _quietly(self._requested)),
            (evt.EVT_C_ECHO, _quietly(self._echo)),
            (evt.EVT_C_STORE, _quietly(self._store)),
            (evt.EVT_RELEASED, _quietly(self._ended)),
            (evt.EVT_ABORTED, _quietly(self._ended)),
            (evt.EVT_CONN_CLOSE, _quietly(self._ended)),
        ]
        address = (self._settings.host, self._settings.port)
        self._server = self._ae.start_server(address, block=False, evt_handlers=handlers)
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """End: associations are aborted, their imports closed with what was acknowledged."""
        self._ae.shutdown()
        for association in list(self._sessions):
            self._end(association)

    @property
    def busy(self) -> int:
        """How many associations are open, or closing their import."""
        return len(self._sessions)

    def _requested(self, event: Any) -> None:
        """Admit a machine by its AE title and address, or reject the association."""
        caller = event.assoc.requestor
        title, address = str(caller.primitive.calling_ae_title).strip(), plain_address(caller.address)
        node = node_for(title, address)
        if node is None or not may_send(node.user):
            logger.warning("rejected %r from %s: not a machine that may send here", title, address)
            event.assoc.acse.send_reject(REJECTED_PERMANENT, BY_USER, CALLING_AE_UNKNOWN)
            event.assoc.kill()
            return
        self._sessions[event.assoc] = Session(node)

    def _echo(self, event: Any) -> int:
        return 0x0000

    def _store(self, event: Any) -> int:
        session = self._sessions.get(event.assoc)
        if session is None:
            return CANNOT_UNDERSTAND
        return session.store(Path(event.dataset_path), name=str(event.request.AffectedSOPInstanceUID))

    def _ended(self, event: Any) -> None:
        self._end(event.assoc)

    def _end(self, association: Any) -> None:
        session = self._sessions.get(association)
        try:
            if session is not None:
                session.end()
        finally:
            self._sessions.pop(association, None)
            _drop_unfinished(association)


def plain_address(address: str) -> str:
    """Return an address without the IPv6 clothes of an IPv4 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _drop_unfinished(association: Any) -> None:
    """Delete the file of a message that was cut off; pynetdicom leaves it."""
    message = getattr(association.dimse, "message", None)
    file = getattr(message, "_data_set_file", None)
    if file is not None:
        file.close()
        Path(file.name).unlink(missing_ok=True)


def _quietly(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give each event the thread's own database connection, and close it: threads end with their association."""

    def handle(event: Any) -> Any:
        close_old_connections()
        try:
            return handler(event)
        finally:
            if event.event in (evt.EVT_RELEASED, evt.EVT_ABORTED, evt.EVT_CONN_CLOSE, evt.EVT_REQUESTED):
                connections.close_all()

    return handle
