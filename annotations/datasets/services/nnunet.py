"""A release as an nnU-Net v2 dataset: NIfTI images and labels in nnU-Net's folders."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.types import Geometry
from annotations.datasets.errors import FrozenInputError
from annotations.datasets.members import case_name
from annotations.datasets.services.answers import answer_entries
from annotations.datasets.services.archive_names import nnunet_folder
from annotations.datasets.services.ingredients import Ingredients, Member
from annotations.datasets.services.manifest import case_of, manifest_of
from annotations.datasets.services.zipping import Entry, Spool, gzip_chunks, pieces, to_json
from annotations.datasets.types import Format, Split
from annotations.marks.models import Label
from annotations.marks.nifti import nifti_image
from annotations.marks.selectors import label_volume
from studies.models import Volume
from studies.pixels import read_volume

FILE_ENDING = ".nii.gz"
_README = """{name}

An nnU-Net v2 dataset, frozen by Fiducial {version}.

imagesTr, labelsTr     training and validation cases
imagesTs, labelsTs     test cases
layers                 only where labels may overlap: the labels of each layer by themselves, CASE_layerN.nii.gz; in
                       labelsTr and labelsTs a voxel has one number, and where labels overlap the higher layer's shows
splits_final.json      which of the training folder's cases validate; copy it to nnUNet_preprocessed/{folder}
                       (absent when there are none: nnU-Net then makes its own folds)
dataset.json           labels, channel, number of training cases
answers.csv            answers of the case form, a row for each reading; findings.csv: a row for each finding;
                       answers.json: both with the form itself (absent when nothing was asked)
measurements.csv       a line for each figure of each measurement; measurements.json: with their points in LPS mm
                       (absent when nothing was measured)
key_images.csv         a line for each key image; key_images.json: the same (absent when none was chosen)
../manifest.json       every file, every case, and who or what made each segment
../SHA256SUMS          check with: sha256sum --check SHA256SUMS
"""


def label_numbers(labels: tuple[Label, ...]) -> dict[int, int]:
    """Return label value → number in the NIfTI files: nnU-Net wants 1, 2, 3 … without gaps, in order of value."""
    return {label.value: number for number, label in enumerate(labels, start=1)}


def nnunet_archive(ingredients: Ingredients, spool: Spool) -> tuple[list[Entry], dict[str, Any]]:
    """Return the files of the archive and its manifest; nothing goes to `spool`, each file is made in its turn.

    Raises
    ------
    FrozenInputError
        A volume that was chosen is not there any more.
    """
    members = ingredients.members_in(Format.NNUNET)
    folder = nnunet_folder(ingredients.release)
    numbers = label_numbers(ingredients.labels)
    volumes = {member.plan.number: _volume(member) for member in members}
    entries = [
        entry
        for member in members
        for entry in _case_entries(folder, member, volumes[member.plan.number], ingredients.labels)
    ]
    entries.extend(_describing_entries(ingredients, folder, members, volumes, numbers))
    entries.extend(answer_entries(ingredients, Format.NNUNET, folder))
    cases = [
        {**case_of(ingredients, member), "volume": _volume_facts(volumes[member.plan.number])} for member in members
    ]
    manifest = manifest_of(ingredients, Format.NNUNET, cases)
    manifest["nnunet_label_numbers"] = {str(value): number for value, number in numbers.items()}
    return entries, manifest


def _volume(member: Member) -> Volume:
    found = Volume.objects.select_related("series").filter(pk=str(member.plan.volume)).exclude(geometry=None).first()
    if found is None:
        raise FrozenInputError(f"The images of case {member.plan.number} were indexed anew; freeze a new release.")
    return found


def _grid(volume: Volume) -> Geometry:
    data: dict[str, Any] = volume.geometry or {}
    return Geometry(tuple(data["shape_kji"]), np.asarray(data["affine_lps"]))


def _volume_facts(volume: Volume) -> dict[str, Any]:
    return {"series_uid": volume.series.series_uid, "index": volume.index, **(volume.geometry or {})}


def _case_entries(folder: str, member: Member, volume: Volume, labels: tuple[Label, ...]) -> list[Entry]:
    kind = "Ts" if member.split == Split.TEST else "Tr"
    name, numbers = case_name(member.plan.number), label_numbers(labels)
    facts = {"case": name}
    layers = sorted({label.layer for label in labels})
    return [
        Entry(
            f"{folder}/images{kind}/{name}_0000{FILE_ENDING}",
            lambda: image_chunks(volume),
            squeeze=False,
            facts=facts,
        ),
        Entry(
            f"{folder}/labels{kind}/{name}{FILE_ENDING}",
            lambda: label_chunks(member, volume, numbers),
            squeeze=False,
            facts=facts,
        ),
        *(
            Entry(
                f"{folder}/layers/{name}_layer{layer}{FILE_ENDING}",
                partial(label_chunks, member, volume, numbers, layer=layer),
                squeeze=False,
                facts=facts,
            )
            for layer in layers
            if len(layers) > 1
        ),
    ]


def image_chunks(volume: Volume) -> Iterator[bytes]:
    """Yield a volume as .nii.gz: rescaled values (HU for CT), int16 where that loses nothing, else float32."""
    image, geometry = read_volume(volume)
    yield from nifti_chunks(exact_int16(image), geometry)


def label_chunks(
    member: Member, volume: Volume, numbers: dict[int, int], *, layer: int | None = None
) -> Iterator[bytes]:
    """Yield the labels of a volume (of one layer, or all with the higher one on top) as .nii.gz on its image's grid."""
    labels = label_volume(mark_set=member.mark_set, volume=volume, at=member.plan.revision, layer=layer)
    lookup = np.zeros(256, dtype=np.uint8)
    lookup[list(numbers)] = list(numbers.values())
    yield from nifti_chunks(lookup[labels], _grid(volume))


def exact_int16(image: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    """Return `image` as int16 when every value is a whole number that int16 holds, else as it is."""
    limits = np.iinfo(np.int16)
    if image.min() < limits.min or image.max() > limits.max:
        return image
    whole = image.astype(np.int16)
    return whole if np.array_equal(whole, image) else image


def nifti_chunks(array_kji: npt.NDArray[Any], geometry: Geometry) -> Iterator[bytes]:
    """Yield an array of shape (K, J, I) as gzip NIfTI-1; see `nifti_image`."""
    yield from gzip_chunks(nifti_image(array_kji, geometry).to_bytes())


def _describing_entries(
    ingredients: Ingredients,
    folder: str,
    members: list[Member],
    volumes: dict[int, Volume],
    numbers: dict[int, int],
) -> list[Entry]:
    training = [member for member in members if member.split != Split.TEST]
    release = ingredients.release
    modalities = sorted({volume.series.modality for volume in volumes.values()})
    dataset = {
        "name": release.name,
        "description": f"{release.project.name}, protocol {release.protocol.version}",
        "channel_names": {"0": "_".join(modalities) or "image"},
        "labels": _label_names(ingredients.labels, numbers),
        "numTraining": len(training),
        "file_ending": FILE_ENDING,
    }
    readme = _README.format(name=folder, version=ingredients.version, folder=folder).encode("ascii")
    texts = {"dataset.json": to_json(dataset), "README.txt": readme}
    validating = [case_name(member.plan.number) for member in training if member.split == Split.VAL]
    if validating:
        learning = [case_name(member.plan.number) for member in training if member.split == Split.TRAIN]
        texts["splits_final.json"] = to_json([{"train": learning, "val": validating}])
    return [Entry(f"{folder}/{path}", pieces(data)) for path, data in texts.items()]


def _label_names(labels: tuple[Label, ...], numbers: dict[int, int]) -> dict[str, int]:
    """Return nnU-Net's label names; a label that bears one of its two reserved names gets its value added."""
    names = {"background": 0}
    for label in labels:
        reserved = label.name.strip().lower() in ("background", "ignore")
        names[f"{label.name} {label.value}" if reserved else label.name] = numbers[label.value]
    return names
