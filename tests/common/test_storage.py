"""A blob is absent or whole."""

import os
import threading
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


def test_staged_bytes_have_no_name_until_they_are_given_one(storage: DurableFileStorage) -> None:
    assert storage.stage(b"no folder yet") is None
    root = Path(storage.location)
    root.mkdir()
    first, again, dropped = storage.stage(b"a slice"), storage.stage(b"other"), storage.stage(b"nobody's")
    assert first is not None
    assert again is not None
    assert dropped is not None
    assert list(root.rglob("*")) == []
    storage.adopt("instances/ab/abcd", first)
    storage.settle("instances/ab/abcd")
    storage.adopt("instances/ab/abcd", again)  # an address by content: who was first, was right
    del first, again, dropped
    assert [path for path in root.rglob("*") if path.is_file()] == [root / "instances/ab/abcd"]
    assert (root / "instances/ab/abcd").read_bytes() == b"a slice"


def test_a_process_stages_no_more_than_it_may_hold_open(
    storage: DurableFileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(storage.location).mkdir()
    monkeypatch.setattr(DurableFileStorage, "_staged_room", threading.BoundedSemaphore(2))
    held = [storage.stage(b"1"), storage.stage(b"2")]
    assert None not in held
    assert storage.stage(b"3") is None
    held.pop()
    assert storage.stage(b"3") is not None


def test_nothing_is_staged_where_files_without_a_name_are_unknown(
    storage: DurableFileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.save("instances/ab/abcd", ContentFile(b"the folder is there"))
    monkeypatch.delattr(os, "O_TMPFILE")
    assert storage.stage(b"macOS") is None
