"""Source images as pydicom data sets, without their pixels."""

from collections.abc import Collection

import pydicom
from pydicom.dataset import Dataset

from studies.models import Instance, Series
from studies.pixels import stored_file


def read_header(instance: Instance, series: Series) -> Dataset:
    """Return a source image without its pixels, bearing the UIDs that the archive knows it by."""
    with stored_file(instance) as file:
        header = pydicom.dcmread(file, stop_before_pixels=True)
    header.SOPInstanceUID, header.SOPClassUID = instance.sop_instance_uid, instance.sop_class_uid
    header.SeriesInstanceUID, header.StudyInstanceUID = series.series_uid, series.study.study_uid
    return header


def read_headers(series: Series, uids: Collection[str]) -> dict[str, Dataset]:
    """Return the named instances of a series by their UIDs; those of other series are left out."""
    found = series.instances.filter(sop_instance_uid__in=uids)
    return {instance.sop_instance_uid: read_header(instance, series) for instance in found}
