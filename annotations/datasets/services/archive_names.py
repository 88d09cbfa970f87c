"""Names of archives, their blobs and what is in them."""

import hashlib
import json
import re
import unicodedata

from annotations.datasets.models import Release
from annotations.datasets.types import Format

_PLAIN = re.compile(r"[^A-Za-z0-9]+")


def plain_name(text: str) -> str:
    """Return `text` in ASCII letters and digits, each word capitalised; `Release` when none is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = [word for word in _PLAIN.split(ascii_text) if word]
    return "".join(word[0].upper() + word[1:] for word in words)[:60] or "Release"


def download_name(release: Release, form: Format) -> str:
    """Return the file name that a browser saves an archive under."""
    return f"{plain_name(release.name)}-{release.number}-{form.value}.zip"


def blob_name(release: Release, form: Format, kind: str) -> str:
    """Return the name of a blob of a release; it belongs to this release alone (`kind`: zip or json)."""
    return f"releases/{release.pk}/{form.value}.{kind}"


def nnunet_folder(release: Release) -> str:
    """Return `DatasetNNN_Name` for nnU-Net.

    The number follows from project, name and definition (100 to 999, clear of the numbers of the Medical Segmentation
    Decathlon), not from the order of releases: the same definition has the same folder each time it is frozen.
    """
    key = json.dumps([str(release.project_id), release.name, release.definition], sort_keys=True)
    number = 100 + int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 900
    return f"Dataset{number:03d}_{plain_name(release.name)}"
