"""Fixtures of the archive."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from studies.models import Import
from studies.services import close_import, open_import, quota, store_file
from tests import factories
from tests.studies.making import file_of


@pytest.fixture
def importer(db):
    """Return a manager of a team of their own."""
    user = factories.user("importer")
    factories.team("Importer's", manager=[user])
    return user


@pytest.fixture
def bring_in(db) -> Callable[..., Import]:
    """Return a function that imports data sets, files or folders for a user and closes the import."""

    def bring(user, things: Iterable[Dataset | Path] | Path, *, close: bool = True) -> Import:
        batch = open_import(actor=user, source="test")
        if isinstance(things, Path):
            things = sorted(path for path in things.rglob("*") if path.is_file())
        for number, thing in enumerate(things):
            if isinstance(thing, Path):
                store_file(batch=batch, path=thing.name, file=BytesIO(thing.read_bytes()))
            else:
                store_file(batch=batch, path=f"{number}.dcm", file=file_of(thing))
        if close:
            close_import(actor=user, batch=batch)
        batch.refresh_from_db()
        return batch

    return bring


@pytest.fixture
def lost_series(shared_data, importer, bring_in) -> Import:
    """Return the import of a real CT whose study and series UIDs are blank."""
    return bring_in(importer, shared_data / "ct" / "TotalSegmentator_example" / "dicom")


@pytest.fixture(autouse=True)
def ask_for_space_anew() -> Iterator[None]:
    """Do not let one test's quota speak in the next."""
    quota.ask_anew()
    yield
    quota.ask_anew()
