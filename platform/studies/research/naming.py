"""What names and folders say of research volumes: whose they are, what made them, whether they are label maps."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from studies.research import ENDINGS

LABEL_WORDS = frozenset({
    "label", "labels", "labelmap", "mask", "masks", "seg", "segs", "segmentation", "segmentations", "gt", "groundtruth",
    "roi", "rois", "annotation", "annotations", "contour", "contours", "lesion", "lesions",
})  # fmt: skip
IMAGE_WORDS = frozenset({"image", "images", "img", "imgs", "imaging", "scan", "scans", "volume", "volumes"})
MODALITY_WORDS = {
    "ct": "CT", "cect": "CT", "cta": "CT", "cbct": "CT",
    "mr": "MR", "mri": "MR", "t1": "MR", "t1w": "MR", "t1c": "MR", "t1ce": "MR", "t1gd": "MR", "t1n": "MR", "t2": "MR",
    "t2w": "MR", "t2f": "MR", "flair": "MR", "adc": "MR", "dwi": "MR", "dce": "MR", "bold": "MR", "swi": "MR",
    "pet": "PT", "pt": "PT", "suv": "PT", "fdg": "PT", "us": "US",
}  # fmt: skip
SIZE_WORDS = frozenset(
    {"sm", "small", "fast", "crop", "cropped", "resampled", "orig", "original", "lowres", "highres", "dicom"}
)
DATASET_FOLDERS = re.compile(r"(images?|labels?|masks?|imgs?|segs?|gt|annotations?)(tr|ts|val|train|test)?", re.ASCII)
SUBJECT_FOLDERS = frozenset({"segmentations", "segmentation", "rois"})
_CHANNEL = re.compile(r"_\d{4}$", re.ASCII)
_SUBJECT = re.compile(r"(sub-[a-z0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """What the path of a research volume says.

    Attributes
    ----------
    title, ending : str
        The file's name without its ending, and the ending.
    subject : str
        Whose it is, within `folder`.
    folder : str
        The folder that the subject belongs to: that of the data set where images and labels have folders of their own.
    says_label, says_image : bool
        Whether name or folder call it a label map, or an image.
    modality : str
        "CT", "MR", "PT", "US", or "" where no word says so.
    channel : int or None
        Which channel, by nnU-Net's ending _0000.
    """

    title: str
    ending: str
    subject: str
    folder: str
    says_label: bool
    says_image: bool
    modality: str
    channel: int | None

    @property
    def title_with_ending(self) -> str:
        """The file's name."""
        return self.title + self.ending

    @property
    def key(self) -> str:
        """A SHA-256 that stands for folder and subject."""
        return hashlib.sha256(f"{self.folder}\0{self.subject}".encode()).hexdigest()


def named(path: str) -> Named:
    """Return what a path says, by these rules in turn.

    1. Folders named for what they hold (imagesTr, labelsTr, images, masks …, as nnU-Net, the Medical Segmentation
       Decathlon and others have them): the subject is the file's name, without nnU-Net's channel number, and the folder
       is the one above.
    2. BIDS (`sub-…` in the path): that word.
    3. A folder `segmentations` (as TotalSegmentator has it): the subject is the folder above.
    4. Else the subject is the file's name without the words at its end that say what it is (image, label, seg, ct, t1,
       small …), within its folder; where nothing else is left, the folder's name.
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    title = whole = parts[-1] if parts else ""
    ending = next((end for end in ENDINGS if title.lower().endswith(end)), "")
    title = title[: len(title) - len(ending)] if ending else title
    title = title[:-4] if title.lower().endswith(".seg") else title
    folders = list(parts[:-1])
    tokens = _tokens(title)
    beside = folders[-1].lower() if folders else ""
    channel = _CHANNEL.search(title)
    in_dataset = bool(DATASET_FOLDERS.fullmatch(beside))
    folder_word = DATASET_FOLDERS.fullmatch(beside)
    group = folder_word.group(1).rstrip("s") if folder_word else ""
    says_label = bool(LABEL_WORDS & set(tokens)) or parts[-1].lower().endswith((".seg.nrrd", ".seg.nii.gz"))
    says_label = says_label or any(token.endswith("seg") for token in tokens)
    says_label = says_label or (group not in ("", "image", "img")) or beside in SUBJECT_FOLDERS
    says_image = not says_label and (
        bool(IMAGE_WORDS & set(tokens)) or group in ("image", "img") or channel is not None
    )
    if in_dataset:
        subject, home = _CHANNEL.sub("", title), folders[:-1]
        subject = _without_words(subject)
    elif bids := _SUBJECT.search(path.lower()):
        subject, home = bids.group(1), [part for part in folders if not part.lower().startswith(("sub-", "ses-"))]
        home = home[: next((n for n, part in enumerate(folders) if part.lower().startswith("sub-")), len(home))]
    elif beside in SUBJECT_FOLDERS and len(folders) > 1:
        subject, home = folders[-2], folders[:-2]
    else:
        subject, home = _without_words(_CHANNEL.sub("", title) if channel else title), folders
        if not subject and folders:
            subject, home = folders[-1], folders[:-1]
    modality = next((MODALITY_WORDS[token] for token in reversed(tokens) if token in MODALITY_WORDS), "")
    return Named(
        title=title or "volume",
        ending=whole[len(title) :],
        subject=subject or "volume",
        folder="/".join(home),
        says_label=says_label,
        says_image=says_image,
        modality=modality,
        channel=int(channel.group()[1:]) if channel and (in_dataset or not says_label) else None,
    )


def _tokens(title: str) -> list[str]:
    return [token for token in re.split(r"[^a-z0-9]+", title.lower()) if token]


def _without_words(title: str) -> str:
    """Return a name without the words at its end that say what a file is rather than whose."""
    words = LABEL_WORDS | IMAGE_WORDS | SIZE_WORDS | set(MODALITY_WORDS)
    while True:
        match = re.search(r"(^|[^A-Za-z0-9])([A-Za-z0-9]+)$", title)
        if match is None or match.group(2).lower() not in words:
            return title.rstrip("_-. ")
        title = title[: match.start()]
