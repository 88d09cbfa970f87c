"""Bundles as bytes: one folder is always the same zip, and a stored zip is unpacked once per machine."""

import hashlib
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from annotations.assist.errors import BundleRefusedError
from annotations.assist.models import ModelVersion

EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
STALE_AFTER_S = 86_400.0
SKIPPED = frozenset({"__pycache__", ".git", ".DS_Store"})


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """Yield a new folder under DATA_DIR/scratch that is gone afterwards."""
    parent = Path(settings.DATA_DIR) / "scratch"
    parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(parent)
    with tempfile.TemporaryDirectory(prefix=f"{prefix}-", dir=parent) as folder:
        yield Path(folder)


def _remove_stale(parent: Path) -> None:
    """Remove what killed processes left behind."""
    for folder in parent.iterdir():
        try:
            stale = time.time() - folder.stat().st_mtime > STALE_AFTER_S
        except FileNotFoundError:  # another process has just finished with it
            continue
        if stale:
            shutil.rmtree(folder, ignore_errors=True)


def pack_folder(folder: Path, into: Path) -> None:
    """Write `folder` as a zip whose bytes depend on names and contents alone.

    Entries are sorted, stored uncompressed (weights do not shrink, and compressors differ between machines), with
    one fixed time and mode. Links and what is not a plain file are refused.

    Raises
    ------
    BundleRefusedError
        The folder holds a link.
    """
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*"), key=lambda item: item.relative_to(folder).as_posix()):
            relative = path.relative_to(folder)
            if SKIPPED.intersection(relative.parts):
                continue
            if path.is_symlink():
                raise BundleRefusedError(f"The bundle holds a link, {relative}; put the file itself there.")
            if path.is_file():
                entry = zipfile.ZipInfo(relative.as_posix(), EPOCH)
                entry.external_attr = 0o644 << 16
                with archive.open(entry, "w", force_zip64=True) as out, path.open("rb") as source:
                    shutil.copyfileobj(source, out, CHUNK)


def sha256_of(stream: BufferedReader) -> str:
    """Return the SHA-256 of what is left to read, in hex."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_zip(path: Path, sha256: str) -> str:
    """Store the zip under its content address and return the blob's name; a second time changes nothing."""
    name = f"models/{sha256[:2]}/{sha256}.zip"
    if not default_storage.exists(name):
        with path.open("rb") as source:
            default_storage.save(name, File(source))
    return name


def unpacked(version: ModelVersion) -> Path:
    """Return the folder of a stored bundle, unpacked under DATA_DIR/cache once per machine.

    The folder appears by one rename, so that two workers that unpack at once both find it whole.

    Raises
    ------
    BundleRefusedError
        The stored bytes are not those that were registered.
    """
    from ai.engines.archive import unpack_bundle

    target = Path(settings.DATA_DIR) / "cache" / "bundles" / version.bundle_sha256
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch("unpack") as folder:
        packed = folder / "bundle.zip"
        with default_storage.open(version.bundle, "rb") as source, packed.open("wb") as out:
            shutil.copyfileobj(source, out, CHUNK)
        with packed.open("rb") as stream:
            if sha256_of(stream) != version.bundle_sha256:
                raise BundleRefusedError(
                    f"The stored bundle of {version} is damaged: its SHA-256 has changed.", code="bundle_damaged"
                )
        whole = unpack_bundle(packed, folder / "whole")
        try:
            whole.rename(target)
        except OSError:
            if not target.is_dir():  # not a lost race, but a real failure
                raise
    return target
