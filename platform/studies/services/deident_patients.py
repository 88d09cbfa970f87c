"""Who a file's patient is within a profile: the pseudonym's row, and what stands for them in the copies."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from pydicom.dataset import Dataset

from studies.deident.clean import Identity
from studies.deident.vault import Vault
from studies.deident.words import identifying
from studies.models import DeidentificationPatient, DeidentificationProfile, DeidentificationVersion, Study
from studies.services.deident_profiles import pseudonym_of

_PERSON = {
    "patient_id": "PatientID",
    "issuer": "IssuerOfPatientID",
    "patient_name": "PatientName",
    "birth_date": "PatientBirthDate",
    "sex": "PatientSex",
}


class Patients:
    """The patients of a profile, found or made as files speak of them; each is looked up once."""

    def __init__(self, version: DeidentificationVersion, vault: Vault) -> None:
        self._version, self._vault = version, vault
        self._known: dict[str, tuple[DeidentificationPatient, Identity]] = {}

    def of(self, dataset: Dataset, study: Study) -> tuple[DeidentificationPatient, Identity]:
        """Return row and identity of a file's patient: by Patient ID and issuer, or by study where there is no ID."""
        texts = {name: _text(dataset, keyword) for name, keyword in _PERSON.items()}
        person = f"{texts['patient_id']}\0{texts['issuer']}"
        lookup = self._vault.lookup(person if texts["patient_id"] else f"study\0{study.study_uid}")
        if lookup not in self._known:
            self._known[lookup] = self._find(lookup, texts, study)
        return self._known[lookup]

    def _find(self, lookup: str, texts: dict[str, str], study: Study) -> tuple[DeidentificationPatient, Identity]:
        row = self._row(lookup, texts)
        words: set[str] = set()
        for value in (study.patient_name, texts["patient_name"]):
            words |= identifying(value, shortest=3)
        for value in (texts["patient_id"], study.accession_number, study.study_id):
            words |= identifying(value, shortest=4)
        vault, number = self._vault, self._version.number
        return row, Identity(
            pseudonym=pseudonym_of(self._version.profile, row.number),
            shift_days=vault.shift_days(lookup),
            uid=lambda original: vault.uid(original, version=number),
            words=frozenset(words),
        )

    def _row(self, lookup: str, texts: dict[str, str]) -> DeidentificationPatient:
        """Return the patient's row, with the next number when they are new; two workers never give one twice."""
        profile = self._version.profile
        while True:
            row = DeidentificationPatient.objects.filter(profile=profile, lookup=lookup).first()
            if row is not None:
                return row
            try:
                with transaction.atomic():
                    DeidentificationProfile.objects.select_for_update().get(pk=profile.pk)
                    rows = DeidentificationPatient.objects.filter(profile=profile)
                    last = rows.aggregate(last=Max("number"))["last"] or 0
                    return DeidentificationPatient.objects.create(
                        profile=profile, lookup=lookup, number=last + 1, sealed=self._vault.seal(texts)
                    )
            except IntegrityError:  # another worker was quicker; it is there now
                continue


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword, "") or "").strip().strip("\0")
    except Exception:  # noqa: BLE001  # a value that cannot be read identifies nobody here
        return ""
