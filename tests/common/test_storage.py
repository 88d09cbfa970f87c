"""A blob is absent or whole."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from common.storage import DurableFileStorage


@pytest.fixture
def storage(tmp_path: Path) -> DurableFileStorage:
    """Return a storage in a folder of its own."""
    return DurableFileStorage(location=str(tmp_path / "blobs"))


def test_what_is_saved_is_read(storage: DurableFileStorage) -> None:
    name = storage.save("a/b/c.bin", ContentFile(b"bytes"))
    assert name == "a/b/c.bin"
    with storage.open(name) as file:
        assert file.read() == b"bytes"


def test_the_same_name_is_replaced_whole(storage: DurableFileStorage) -> None:
    storage.save("x", ContentFile(b"old and long"))
    assert storage.save("x", ContentFile(b"new")) == "x"
    assert Path(storage.path("x")).read_bytes() == b"new"


class Breaking(ContentFile):
    """Content whose second chunk cannot be read."""

    def chunks(self, chunk_size: int | None = None):
        """Give one chunk, then fail."""
        yield b"first"
        raise OSError("the disk is gone")


def test_a_failed_save_leaves_nothing(storage: DurableFileStorage, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        storage.save("folder/x", Breaking(b""))
    assert not storage.exists("folder/x")
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_a_failed_save_keeps_what_was_there(storage: DurableFileStorage) -> None:
    storage.save("x", ContentFile(b"old"))
    with pytest.raises(OSError, match="the disk is gone"):
        storage.save("x", Breaking(b""))
    assert Path(storage.path("x")).read_bytes() == b"old"
