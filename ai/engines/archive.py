"""Unpack a bundle's zip file from a stranger: nothing leaves its folder, nothing grows without end."""

import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ai.errors import BundleError

_PIECE = 1 << 20
_RATIO_FROM_BYTES = 1 << 20
_CLUTTER = {"__MACOSX", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """The largest archive that is unpacked.

    Parameters
    ----------
    files : int
        Number of entries.
    total_bytes, file_bytes : int
        Unpacked size of all and of one; counted while unpacking, since a header can lie.
    ratio : float
        Unpacked over packed size, for entries above one mebibyte.
    """

    files: int = 2_000
    total_bytes: int = 4 << 30
    file_bytes: int = 2 << 30
    ratio: float = 200.0


def unpack_bundle(archive: Path, into: Path, limits: ArchiveLimits | None = None) -> Path:
    """Unpack a zip into a folder and return the bundle's root in it: the folder that holds ``configs``.

    Nothing is left behind in ``into`` when it fails.

    Parameters
    ----------
    archive : Path
        The zip file.
    into : Path
        Folder to unpack into; made when missing.
    limits : ArchiveLimits, optional
        What is too much.

    Raises
    ------
    BundleError
        It is no zip or damaged, an entry climbs out of its folder, is a link, is encrypted or appears twice,
        it is too large, or it holds no bundle.
    """
    limits = limits or ArchiveLimits()
    into.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unpack-", dir=into))
    try:
        try:
            with zipfile.ZipFile(archive) as opened:
                _extract(opened, staging, limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
            raise BundleError(f"This is not a readable zip file: {error}") from error
        root = _root(staging)
        target = into / "bundle"
        if target.exists():
            raise BundleError("There is a bundle in this folder already.")
        root.rename(target)
        return target
    finally:
        if staging.exists():  # where the zip has no outer folder, it has just become the bundle
            shutil.rmtree(staging)


def _extract(opened: zipfile.ZipFile, folder: Path, limits: ArchiveLimits) -> None:
    entries = opened.infolist()
    if len(entries) > limits.files:
        raise BundleError(f"The zip has {len(entries)} entries, more than {limits.files}.")
    seen: set[str] = set()
    total = 0
    for entry in entries:
        path = _safe_path(entry)
        if _CLUTTER & set(path.parts):
            continue
        if entry.is_dir():
            (folder / path).mkdir(parents=True, exist_ok=True)
            continue
        name = str(path).casefold()
        if name in seen:
            raise BundleError(f"The zip holds {path} twice.")
        seen.add(name)
        total += _copy(opened, entry, folder / path, limits, limits.total_bytes - total)


def _safe_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Return the entry's place below the root, or refuse it."""
    path = PurePosixPath(entry.filename)
    climbs = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
    if climbs or not path.parts or "\0" in entry.orig_filename:
        raise BundleError(f"The zip entry {entry.filename!r} points outside its folder.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BundleError(f"The zip entry {entry.filename!r} is a link or a device, not a file.")
    if entry.flag_bits & 0x1:
        raise BundleError(f"The zip entry {entry.filename!r} is encrypted.")
    return path


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limits: ArchiveLimits, left: int) -> int:
    """Write one entry and return its bytes, counted as they come."""
    packed = max(1, entry.compress_size)
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(entry) as source, target.open("xb") as file:
            while piece := source.read(_PIECE):
                written += len(piece)
                if written > limits.file_bytes or written > left:
                    raise BundleError(f"The zip unpacks to more than is allowed (at {entry.filename!r}).")
                if written > _RATIO_FROM_BYTES and written / packed > limits.ratio:
                    raise BundleError(f"The zip entry {entry.filename!r} inflates without measure.")
                file.write(piece)
    except (FileExistsError, NotADirectoryError) as error:
        raise BundleError(f"The zip uses {entry.filename!r} both as a file and as a folder.") from error
    return written


def _root(folder: Path) -> Path:
    """Return the folder with ``configs``: the top itself, or the only folder in it."""
    if (folder / "configs").is_dir():
        return folder
    inner = [path for path in folder.iterdir() if path.is_dir() and (path / "configs").is_dir()]
    if len(inner) != 1:
        raise BundleError("The zip holds no MONAI bundle: there is no folder 'configs' at its top.")
    return inner[0]
