"""Look at files before anything is written: hold the bytes, unpack, parse. No database and no storage; threads may."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from django.conf import settings

from studies.dicomfile.archive import RATIO, RATIO_FROM_BYTES, ArchiveLimits, archive_members, is_junk, is_zip
from studies.dicomfile.facts import Facts, read_facts
from studies.dicomfile.metadata import storable_text
from studies.dicomfile.spool import Readable, Spooled, held, hold, take
from studies.errors import SetAsideError, TooLargeError
from studies.research import HEAD_BYTES, is_research_volume
from studies.types import FileOutcome, Finding, Origin, Outcome, SetAsideReason

PATH_CHARACTERS = 1000
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that somebody brings; `modified_ns` is its time on their disk where that is known."""

    path: str
    file: Readable
    modified_ns: int | None = None


@dataclass(slots=True)
class Prepared:
    """A file that was looked at, ready to be stored or set aside; close it when that is done.

    Attributes
    ----------
    path : str
        As the person knows it.
    content : Spooled
        The bytes to keep.
    size_bytes : int
        Of the file as it came.
    facts, error : Facts or None, SetAsideError or None
        What it says of itself; why it cannot be taken in.
    origin : Origin
        Whether `content` came as it is; else `source` holds what it was made from.
    research : bool
        A research volume that is still to be made into DICOM (studies.services.research).
    """

    path: str
    content: Spooled
    size_bytes: int
    facts: Facts | None = None
    error: SetAsideError | None = None
    findings: list[dict[str, str]] = field(default_factory=list)
    origin: Origin = Origin.RECEIVED
    source: Spooled | None = None
    source_blob: str = ""
    source_sha256: str = ""
    modified_ns: int | None = None
    research: bool = False

    @property
    def folder(self) -> str:
        """`instances` or `set-aside`."""
        return "instances" if self.error is None else "set-aside"

    @property
    def blob(self) -> str:
        """The name of the bytes: their address by content."""
        digest = self.content.sha256
        return f"{self.folder}/{digest[:2]}/{digest}" + (".dcm" if self.error is None else "")

    def outcome(self, outcome: Outcome) -> FileOutcome:
        """Return what became of it."""
        facts, error = self.facts, self.error
        return FileOutcome(
            path=self.path,
            outcome=outcome,
            reason=error.reason if error else None,
            detail=storable_text(error.detail) if error else "",
            study_uid=facts.study_uid if facts else "",
            series_uid=facts.series_uid if facts else "",
            sop_instance_uid=facts.sop_instance_uid if facts else "",
            sop_class_uid=facts.instance["sop_class_uid"] if facts else "",
            findings=self.findings,
        )

    def close(self) -> None:
        """Let go of the bytes."""
        self.content.close()
        if self.source is not None:
            self.source.close()


def prepare(incoming: Incoming, *, only_study: str = "") -> tuple[int, Callable[[], Iterable[Prepared]]] | None:
    """Read a file to its end, and return its size in memory and how to look at it; None: pass it over.

    Files that are no images by their names (hidden files, resource forks) are passed over. The second part may run in
    another thread. It gives the file itself, every file of a zip one after the other, or what a packed file becomes;
    each must be closed before the next is asked for, or memory grows.

    Raises
    ------
    TooLargeError
        More than MAX_UPLOAD_BYTES.
    """
    if is_junk(incoming.path):
        return None
    taken = take(incoming.file, limit_bytes=settings.MAX_UPLOAD_BYTES)

    def look() -> Iterable[Prepared]:
        at_hand = held(taken) if isinstance(taken, bytes) else taken
        path = storable_text(incoming.path)[-PATH_CHARACTERS:]
        packed = is_zip(at_hand.stream)
        found = _members(path, at_hand) if packed else _unpacked(path, at_hand, settings.MAX_UPLOAD_BYTES)
        marked = _marked(found, incoming, only_study)
        return marked if packed else list(marked)

    return (len(taken) if isinstance(taken, bytes) else 0), look


def _marked(found: Iterable[Prepared], incoming: Incoming, only_study: str) -> Iterator[Prepared]:
    for one in found:
        if only_study and one.facts is not None and one.facts.study_uid != only_study:
            detail = f"Sent to another study than its own, {one.facts.study_uid}."
            one.error = one.error or SetAsideError(SetAsideReason.OTHER_STUDY, detail)
        one.modified_ns = incoming.modified_ns
        yield one


def look_at(path: str, content: Spooled) -> Prepared:
    """Read one DICOM file; what cannot be taken in says why."""
    one = Prepared(path=path, content=content, size_bytes=content.size)
    try:
        one.facts = read_facts(content.stream, content.size)
    except SetAsideError as error:
        one.error = error
        return one
    return finish(one)


def finish(one: Prepared) -> Prepared:
    """Carry the findings over; a bare data set is kept as it came, and stored as the file that it should have been."""
    facts, came = one.facts, one.content
    if facts is not None:
        one.findings = [*one.findings, *facts.findings]
        if facts.new_head:
            came.stream.seek(facts.head_bytes)
            one.content, one.source = held(facts.new_head + came.stream.read()), came
            one.origin = Origin.REPAIRED
        one.facts = replace(facts, header={})  # packed already; many files wait for their group at once
    return one


def source_name(one: Prepared) -> str:
    """Return the name of the bytes it was made from; empty when it came as it is."""
    if one.source is None:
        return one.source_blob
    return f"sources/{one.source.sha256[:2]}/{one.source.sha256}"


def _unpacked(path: str, at_hand: Spooled, limit_bytes: int) -> Iterator[Prepared]:
    """Yield a file, unpacked when it is a DICOM file packed by gzip; research volumes are left to be converted.

    No more than `limit_bytes` are unpacked, nor beyond 256 MB more than 200 times what is packed.
    """
    at_hand.stream.seek(0)
    head = at_hand.stream.read(HEAD_BYTES)
    if is_research_volume(path, head):
        yield Prepared(path=path, content=at_hand, size_bytes=at_hand.size, research=True)
        return
    packed = head[:2] == GZIP
    yield _gunzipped(path, at_hand, limit_bytes) if packed else look_at(path, at_hand)


def _gunzipped(path: str, packed: Spooled, limit_bytes: int) -> Prepared:
    limit_bytes = min(limit_bytes, max(RATIO_FROM_BYTES, RATIO * packed.size))
    packed.stream.seek(0)
    try:
        with gzip.GzipFile(fileobj=packed.stream) as start:
            known = start.read(132)[128:] == b"DICM"
        if not known:
            raise SetAsideError(SetAsideReason.NOT_DICOM, "A gzip file that does not hold a DICOM file.")
        packed.stream.seek(0)
        with gzip.GzipFile(fileobj=packed.stream) as whole:
            one = look_at(path, hold(whole, limit_bytes=limit_bytes))
    except (EOFError, OSError, zlib.error) as error:
        detail = f"The gzip file is damaged: {' '.join(str(error).split())[:200]}"
        return Prepared(path, packed, packed.size, error=SetAsideError(SetAsideReason.UNREADABLE, detail))
    except TooLargeError as error:
        return Prepared(path, packed, packed.size, error=SetAsideError(SetAsideReason.UNSAFE_ARCHIVE, error.message))
    except SetAsideError as error:
        return Prepared(path, packed, packed.size, error=error)
    one.size_bytes = packed.size
    one.findings.insert(0, {"code": str(Finding.GZIP), "detail": "The file came packed with gzip."})
    packed.close()
    return one


def _members(path: str, at_hand: Spooled) -> Iterator[Prepared]:
    """Yield every file of a zip; the zip itself, set aside, when it or a member is damaged or unsafe."""
    limits = ArchiveLimits(inflated_bytes=4 * settings.MAX_UPLOAD_BYTES)
    left = limits.inflated_bytes
    with closing(at_hand):
        try:
            for name, content in archive_members(at_hand.stream, at_hand.size, limits):
                inner = f"{path}/{storable_text(name)}"[-PATH_CHARACTERS:]
                try:
                    member = hold(content, limit_bytes=settings.MAX_UPLOAD_BYTES)
                except SetAsideError as error:  # this member is damaged: the archive is kept, the rest goes on
                    yield _again(inner, at_hand, error)
                    continue
                except TooLargeError as error:
                    yield _again(inner, at_hand, SetAsideError(SetAsideReason.UNSAFE_ARCHIVE, error.message))
                    continue
                for one in _unpacked(inner, member, min(left, settings.MAX_UPLOAD_BYTES)):
                    left -= one.content.size if one.content is not member else 0  # packed twice
                    yield one
        except SetAsideError as error:
            yield _again(path, at_hand, error)


def _again(path: str, archive: Spooled, error: SetAsideError) -> Prepared:
    """Return the archive set aside, with a copy of its own: the archive is read on while it is being stored."""
    archive.raw.seek(0)
    copy = hold(archive.raw, limit_bytes=archive.size)
    return Prepared(path, copy, archive.size, error=error)
