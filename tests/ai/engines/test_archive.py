import io
import stat
import zipfile
from pathlib import Path

import pytest

from ai.engines.archive import ArchiveLimits, unpack_bundle
from ai.errors import BundleError


def _zip(path: Path, entries: dict[str, bytes], prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(prefix + name, content)
    return path


GOOD = {"configs/metadata.json": b"{}", "configs/inference.json": b"{}", "models/model.pt": b"weights"}


@pytest.mark.parametrize("prefix", ["", "my_bundle/"])
def test_a_bundle_is_unpacked_wherever_its_root_lies(tmp_path, prefix):
    archive = _zip(tmp_path / "a.zip", {**GOOD, "__MACOSX/x": b"clutter"}, prefix)
    root = unpack_bundle(archive, tmp_path / "out")
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert found == GOOD
    assert [path.name for path in (tmp_path / "out").iterdir()] == [root.name]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "configs/../../evil", "..\\evil", "C:/evil", "a/../b"])
def test_an_entry_that_climbs_is_refused_and_leaves_nothing(tmp_path, name):
    archive = _zip(tmp_path / "a.zip", {**GOOD, name: b"evil"})
    with pytest.raises(BundleError, match="outside its folder"):
        unpack_bundle(archive, tmp_path / "deep" / "out")
    assert list((tmp_path / "deep" / "out").iterdir()) == []
    assert not list(tmp_path.rglob("*evil*"))


def test_a_link_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in GOOD.items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("configs/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BundleError, match="link"):
        unpack_bundle(path, tmp_path / "out")


def test_a_bomb_is_stopped_while_it_inflates(tmp_path):
    archive = _zip(tmp_path / "a.zip", {**GOOD, "models/zeros": bytes(64 << 20)})
    with pytest.raises(BundleError, match="inflates"):
        unpack_bundle(archive, tmp_path / "out")
    with pytest.raises(BundleError, match="more than is allowed"):
        unpack_bundle(archive, tmp_path / "out", ArchiveLimits(file_bytes=1 << 20, ratio=1e9))
    with pytest.raises(BundleError, match="more than is allowed"):
        unpack_bundle(archive, tmp_path / "out", ArchiveLimits(total_bytes=10 << 20, ratio=1e9))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_header_that_lies_about_the_size_is_caught(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**GOOD, "models/zeros": bytes(4 << 20)}.items():
            archive.writestr(name, content)
    size = (4 << 20).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(buffer.getvalue().replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(BundleError):
        unpack_bundle(tmp_path / "a.zip", tmp_path / "out", ArchiveLimits(file_bytes=1 << 20))


def test_too_many_entries_are_refused(tmp_path):
    archive = _zip(tmp_path / "a.zip", {**GOOD, **{f"docs/{n}": b"" for n in range(20)}})
    with pytest.raises(BundleError, match="entries"):
        unpack_bundle(archive, tmp_path / "out", ArchiveLimits(files=10))


def test_a_name_that_appears_twice_is_refused(tmp_path):
    archive = _zip(tmp_path / "a.zip", {**GOOD, "CONFIGS/metadata.json": b"{}"})
    with pytest.raises(BundleError, match="twice"):
        unpack_bundle(archive, tmp_path / "out")


def test_a_file_that_is_also_a_folder_is_refused(tmp_path):
    archive = _zip(tmp_path / "a.zip", {**GOOD, "docs": b"", "docs/x": b""})
    with pytest.raises(BundleError, match="folder"):
        unpack_bundle(archive, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(BundleError, match="zip"):
        unpack_bundle(tmp_path / "a.zip", tmp_path / "out")


def test_a_damaged_zip_is_refused(tmp_path):
    archive = _zip(tmp_path / "a.zip", {**GOOD, "models/noise": bytes(range(256)) * 40})
    content = bytearray(archive.read_bytes())
    at = content.find(b"models/noise") + 20
    content[at] ^= 0xFF
    archive.write_bytes(bytes(content))
    with pytest.raises(BundleError, match="zip"):
        unpack_bundle(archive, tmp_path / "out")


def test_a_zip_without_a_bundle_is_refused(tmp_path):
    with pytest.raises(BundleError, match="configs"):
        unpack_bundle(_zip(tmp_path / "a.zip", {"readme.txt": b"hello"}), tmp_path / "out")
