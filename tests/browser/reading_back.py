"""Read a released archive with libraries that are not ours."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import SimpleITK as sitk  # noqa: N813  (the library's own short name)


def check_manifest(folder: Path) -> None:
    """Every file has the SHA-256 that the manifest and SHA256SUMS say, and no file stands beside them."""
    manifest = json.loads(next(folder.rglob("manifest.json")).read_text(encoding="utf-8"))
    root = next(folder.rglob("manifest.json")).parent
    listed = {entry["path"]: entry for entry in manifest["files"]} if isinstance(manifest["files"], list) else {
        path: entry if isinstance(entry, dict) else {"sha256": entry} for path, entry in manifest["files"].items()
    }  # fmt: skip
    for path, entry in listed.items():
        assert hashlib.sha256((root / path).read_bytes()).hexdigest() == entry["sha256"], path
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert found - {"manifest.json", "SHA256SUMS"} == set(listed)


def seg_file(folder: Path) -> Path:
    """Return the one DICOM SEG of an archive."""
    files = [path for path in folder.rglob("*.dcm") if pydicom.dcmread(path, stop_before_pixels=True).Modality == "SEG"]
    assert len(files) == 1
    return files[0]


def segments_by_highdicom(folder: Path) -> tuple[dict[str, np.ndarray], Path]:
    """Return label maps by source SOP instance UID as highdicom reads them, without empty ones; and the file."""
    path = seg_file(folder)
    seg = highdicom.seg.segread(path)
    sources = [uid for _, _, uid in seg.get_source_image_uids()]
    pixels = seg.get_pixels_by_source_instance(
        source_sop_instance_uids=sources, combine_segments=True, relabel=False, ignore_spatial_locations=True
    )
    numbered = {number: seg.get_segment_description(number).segment_label for number in seg.segment_numbers}
    assert sorted(numbered.values()) == ["lesion", "organ"]
    values = {number: {"organ": 1, "lesion": 2}[label] for number, label in numbered.items()}
    found = {}
    for uid, plane in zip(sources, pixels, strict=True):
        labels = np.zeros(plane.shape, np.uint8)
        for number, value in values.items():
            labels[plane == number] = value
        if labels.any():
            found[uid] = labels
    return found, path


def segments_by_simpleitk(seg: Path, into: Path, world: list[float]) -> tuple[dict[str, int], int]:
    """Convert the SEG by dcmqi, read it by SimpleITK; return voxel counts and the label at a point in LPS mm."""
    into.mkdir()
    tool = Path(sys.executable).parent / "segimage2itkimage"
    subprocess.run(
        [str(tool), "--inputDICOM", str(seg), "--outputDirectory", str(into), "--outputType", "nrrd"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    dataset = pydicom.dcmread(seg, stop_before_pixels=True)
    counts: dict[str, int] = {}
    label_at = 0
    for segment in dataset.SegmentSequence:
        image = sitk.ReadImage(str(next(into.glob(f"*{segment.SegmentNumber}.nrrd"))))
        value = {"organ": 1, "lesion": 2}[segment.SegmentLabel]
        array = sitk.GetArrayViewFromImage(image)
        counts[str(value)] = int((array > 0).sum())
        index = image.TransformPhysicalPointToIndex(world)
        inside = all(0 <= place < size for place, size in zip(index, image.GetSize(), strict=True))
        if inside and image[index] > 0:
            label_at = value
    return counts, label_at
