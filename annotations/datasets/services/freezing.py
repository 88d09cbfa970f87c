"""Writing the archives of a release into storage."""

import hashlib
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from annotations.datasets.models import Release
from annotations.datasets.services.archive_names import blob_name
from annotations.datasets.services.dicom_seg import dicom_seg_archive
from annotations.datasets.services.ingredients import Ingredients, Report, gather
from annotations.datasets.services.nnunet import nnunet_archive
from annotations.datasets.services.zipping import CHUNK_BYTES, Entry, Spool, write_archive
from annotations.datasets.types import Format

Builder = Callable[[Ingredients, Spool], tuple[list[Entry], dict[str, Any]]]

BUILDERS: dict[Format, Builder] = {Format.NNUNET: nnunet_archive, Format.DICOM_SEG: dicom_seg_archive}

_GATHERING = 0.2
"""Share of the progress that tracing the marks takes."""


def build_archives(*, release: Release, report: Report) -> dict[str, dict[str, object]]:
    """Write every archive of a release to storage and return their records, by format.

    An archive grows in an unnamed file under the data folder (gone with the process, however it ends) and is then
    copied to storage whole. Doing it again replaces the blobs by equal ones.

    Parameters
    ----------
    release : Release
        With `project` and `protocol` loaded.
    report : callable
        Told how far it is; what it raises stops the work.

    Raises
    ------
    FrozenInputError
        Something that the definition points to is gone or was changed.
    """
    ingredients = gather(release=release, report=lambda share, message: report(share * _GATHERING, message))
    archives: dict[str, dict[str, object]] = {}
    forms = ingredients.definition.formats
    for index, form in enumerate(forms):
        start, end = (_GATHERING + (1 - _GATHERING) * step / len(forms) for step in (index, index + 1))
        report(start, f"Preparing {form.label}")
        archives[form.value] = _build(ingredients, form, _between(report, start, end))
    return archives


def _between(report: Report, start: float, end: float) -> Report:
    return lambda share, message: report(start + (end - start) * share, message)


def _build(ingredients: Ingredients, form: Format, report: Report) -> dict[str, object]:
    scratch = Path(settings.DATA_DIR) / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=scratch) as spool, tempfile.TemporaryFile(dir=scratch) as file:
        entries, manifest = BUILDERS[form](ingredients, Spool(spool))
        done = _counter(len(entries), form, report)
        archive = write_archive(into=file, entries=entries, manifest=manifest, done=done)
        size_bytes, sha256 = _measure(file)
        release = ingredients.release
        blob = default_storage.save(blob_name(release, form, "zip"), File(file, name="archive.zip"))
        described = default_storage.save(blob_name(release, form, "json"), ContentFile(archive.manifest))
    return {
        "blob": blob,
        "sha256": sha256,
        "size_bytes": size_bytes,
        "file_count": archive.file_count,
        "manifest": described,
    }


def _counter(total: int, form: Format, report: Report) -> Callable[[str], None]:
    """Return what is called after each file: it reports progress, and so notices a cancelled job between files."""
    written = itertools.count(1)
    return lambda path: report(next(written) / (total + 1), f"{form.label}: {path}")


def _measure(file: IO[bytes]) -> tuple[int, str]:
    """Return size and SHA-256 of an open file, and rewind it."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    size = file.tell()
    file.seek(0)
    return size, digest.hexdigest()
