"""What comes in while it is killed: slices and a few files that are no images, or research volumes."""

import gzip
import random

SHAPE = (40, 40, 150)
NRRD_HEAD = """NRRD0004
type: int16
dimension: 3
space: left-posterior-superior
sizes: {0} {1} {2}
space directions: (1,0,0) (0,1,0) (0,0,2)
kinds: domain domain domain
endian: little
encoding: raw
space origin: (0,0,0)

"""


def new_images(rng: random.Random, count: int) -> dict[str, bytes]:
    """Return the files of a round by name: slices of one series, some of another, and a few that are no images."""
    from tests.studies.making import file_of, image, uid

    tail, study, series = f".{rng.getrandbits(60)}", uid(), [uid(), uid()]
    made = {}
    for number in range(count):
        name = f"{number:03}.dcm"
        if number % 25 == 24:
            made[name] = rng.randbytes(300)
            continue
        ids = {
            "SOPInstanceUID": uid() + tail,
            "StudyInstanceUID": study + tail,
            "SeriesInstanceUID": series[number % 2] + tail,
        }
        size = rng.choice((16, 64, 160))
        pixels = rng.randbytes(2 * size * size)
        made[name] = file_of(image(Rows=size, Columns=size, InstanceNumber=number, PixelData=pixels, **ids)).getvalue()
    return made


def new_volumes(rng: random.Random, count: int) -> dict[str, bytes]:
    """Return volumes of 150 slices, NIfTI and NRRD by turns, two label maps on them, and one damaged file."""
    import nibabel
    import numpy as np

    made = {}
    for number in range(count):
        values = np.frombuffer(rng.randbytes(2 * SHAPE[0] * SHAPE[1] * SHAPE[2]), "<i2").reshape(SHAPE, order="F")
        name = f"imagesTr/case_{number}_0000"
        if number % 2:
            made[f"{name}.nrrd"] = NRRD_HEAD.format(*SHAPE).encode() + values.tobytes(order="F")
            continue
        made[f"{name}.nii.gz"] = gzip.compress(nibabel.Nifti1Image(values, np.diag([-1.0, -1, 2, 1])).to_bytes(), 1)
        if number < 3:
            labels = (values > 0).astype(np.uint8)
            packed = gzip.compress(nibabel.Nifti1Image(labels, np.diag([-1.0, -1, 2, 1])).to_bytes(), 1)
            made[f"labelsTr/case_{number}.nii.gz"] = packed
    made["imagesTr/case_9_0000.nii.gz"] = next(iter(made.values()))[:5000]
    return made
