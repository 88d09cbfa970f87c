"""What stored values mean: units, and standardised uptake values of PET. Read from headers; no database.

SUV body weight follows the vendor-neutral rule of QIBA ("SUV vendor-neutral pseudo-code", 2012) on PS3.3 C.8.9.1:

    SUVbw = activity in Bq/mL × body weight in g / injected dose in Bq, decayed to when the pixels are corrected to

It is refused, with the reason in words, rather than computed from something that is not there.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from math import exp, log
from typing import Any

from studies.dicomfile.metadata import first, numbers, text
from studies.private_tags import private_number, private_values

PET_TAGS = re.compile(
    "00080018|00080021|00080031|00080022|00080032|0008002A|00101030|00280051|00540016|00541001|00541006|00541102"
    "|00541300|00181242|000900..|0009..0D|7053...."
)
"""What `suv_of` needs of a header."""
_SUV_TYPES = {"": "SUVbw", "BW": "SUVbw", "BSA": "SUVbsa", "IBW": "SUVibw"}
SMALLEST_DOSE_BQ = 1e5


class NoSuvError(Exception):
    """No SUV can be computed; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Suv:
    """How real values of a PET become SUV, and from what that is known.

    Attributes
    ----------
    units : str
        `SUVbw`, or `SUVlbm`, `SUVbsa`, `SUVibw` where the file holds such values already.
    factor : float
        What the values after slope and intercept are multiplied by.
    factors : dict
        By SOP Instance UID, where images differ (no decay correction); else empty.
    rule : str
        In words.
    weight_kg, dose_bq, half_life_s, decay_s : float or None
        What went in; `decay_s` is the time from injection to the moment of correction.
    injected_at, scanned_at : str
        ISO 8601, as taken; `scan_time_from` says which element that is.
    """

    units: str
    factor: float
    rule: str
    factors: dict[str, float] = field(default_factory=dict)
    weight_kg: float | None = None
    dose_bq: float | None = None
    half_life_s: float | None = None
    decay_s: float | None = None
    injected_at: str = ""
    scanned_at: str = ""
    scan_time_from: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what is known, without what is not."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", {})}


def pet_facts(header: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a header that `suv_of` needs, so that long series can be held in memory."""
    return {tag: element for tag, element in header.items() if PET_TAGS.fullmatch(tag)}


def units_of(header: dict[str, Any]) -> str:
    """Return the units of values after slope and intercept, before any SUV: `HU`, `BQML`, `Gy`, …; empty if unsaid.

    CT is in Hounsfield units unless it says otherwise (PS3.3 C.8.2.1.1.5, Rescale Type).
    """
    modality, kind = text(header, "00080060"), text(_transformation(header), "00281054")
    if modality == "PT":
        units = text(header, "00541001")[:16]
        return "" if units == "NONE" else units
    if modality == "RTDOSE" and numbers(header, "3004000E"):
        return {"GY": "Gy", "RELATIVE": "relative"}.get(text(header, "30040002"), "")
    if kind:
        return "" if kind in ("US", "UNSPECIFIED", "NORMALIZED") else kind[:16]  # US: unspecified, such as perfusion
    scaled = bool(numbers(_transformation(header), "00281053"))
    return "HU" if modality == "CT" and scaled else ""


def _transformation(header: dict[str, Any]) -> dict[str, Any]:
    """Return where slope and intercept of the first frame stand: per frame, shared, or at the top."""
    per_frame = first(header, "52009230")
    for layer in (per_frame, first(header, "52009229")):
        found = first(layer, "00289145") if isinstance(layer, dict) else None
        if isinstance(found, dict):
            return found
    return header


def suv_of(headers: Sequence[dict[str, Any]]) -> Suv:
    """Return how the images of one PET series become SUV.

    Parameters
    ----------
    headers : sequence of dict
        DICOM JSON (or `pet_facts`) of all images of the series.

    Raises
    ------
    NoSuvError
        With the reason in words.
    """
    head = headers[0]
    units = text(head, "00541001")
    if units == "GML":
        kind = text(head, "00541006")
        return Suv(_SUV_TYPES.get(kind, "SUVlbm"), 1.0, "The values are SUV already (Units GML).")
    if units == "CM2ML":
        return Suv("SUVbsa", 1.0, "The values are SUV already (Units CM2ML).")
    if units == "CNTS":
        return _from_counts(headers)
    if units != "BQML":
        raise NoSuvError(f"Its units are {units if units not in ('', 'NONE') else 'not given'}; BQML is needed.")
    return _from_activity(headers, 1.0, "BQML")


def _from_counts(headers: Sequence[dict[str, Any]]) -> Suv:
    """Return Philips' own factors for counts (private group 7053)."""
    creator = "Philips PET Private Group"
    factor = private_number(headers[0], 0x7053, creator, 0x00)
    if factor:
        each = [private_number(header, 0x7053, creator, 0x00) for header in headers]
        if any(one != factor for one in each):
            raise NoSuvError("Philips' SUV factor differs between the images.")
        return Suv("SUVbw", factor, "Philips' own SUV factor (7053,1000).")
    activity = private_number(headers[0], 0x7053, creator, 0x09)
    if not activity:
        raise NoSuvError("The values are counts, and no factor to activity is given.")
    return _from_activity(headers, activity, "counts times Philips' activity factor (7053,1009)")


def _from_activity(headers: Sequence[dict[str, Any]], per_value: float, what: str) -> Suv:
    head = headers[0]
    corrected = [str(value).upper() for value in head.get("00280051", {}).get("Value") or []]
    decay = text(head, "00541102").upper() or ("NONE" if "DECY" not in corrected else "")
    if "ATTN" not in corrected:
        raise NoSuvError("The images are not corrected for attenuation.")
    if decay != "NONE" and "DECY" not in corrected:
        raise NoSuvError("The images are not marked as corrected for decay.")
    weight, dose, half_life = _dose(head)
    common: dict[str, Any] = {"weight_kg": weight, "dose_bq": dose, "half_life_s": half_life}
    grams = weight * 1000.0 * per_value
    if decay == "ADMIN":
        rule = f"Body weight / injected dose ({what}, decay corrected to the time of injection)."
        return Suv("SUVbw", grams / dose, rule, **common)
    if decay == "START":
        scanned, source = scan_start(headers)
        injected = injection(head, scanned)
        seconds = (scanned - injected).total_seconds()
        rule = f"Body weight / injected dose decayed to the start of the scan ({what}, decay corrected to its start)."
        return Suv(
            "SUVbw",
            grams / (dose * 2.0 ** (-seconds / half_life)),
            rule,
            decay_s=seconds,
            injected_at=injected.isoformat(),
            scanned_at=scanned.isoformat(),
            scan_time_from=source,
            **common,
        )
    if decay == "NONE":
        factors = {}
        for header in headers:
            middle = _acquired(header) + timedelta(seconds=_count_rate_time(header, half_life))
            seconds = (middle - injection(header, middle)).total_seconds()
            factors[text(header, "00080018")] = grams / (dose * 2.0 ** (-seconds / half_life))
        rule = f"Body weight / injected dose decayed to the middle of each frame ({what}, not decay corrected)."
        return Suv("SUVbw", factors[text(head, "00080018")], rule, factors, **common)
    raise NoSuvError(f"The decay correction is {decay or 'not given'}; START, ADMIN or NONE is needed.")


def _dose(head: dict[str, Any]) -> tuple[float, float, float]:
    """Return weight in kg, injected dose in Bq and half-life in seconds."""
    weight = numbers(head, "00101030")
    if not weight or weight[0] <= 0:
        raise NoSuvError("The patient's weight is missing.")
    drug = first(head, "00540016") or {}
    dose, half_life = numbers(drug, "00181074"), numbers(drug, "00181075")
    if not dose or dose[0] <= 0:
        raise NoSuvError("The injected dose is missing.")
    if dose[0] < SMALLEST_DOSE_BQ:
        raise NoSuvError(f"An injected dose of {dose[0]:g} Bq cannot be right (perhaps written in MBq).")
    if not half_life or half_life[0] <= 0:
        raise NoSuvError("The half-life of the radionuclide is missing.")
    return weight[0], dose[0], half_life[0]


def scan_start(headers: Sequence[dict[str, Any]]) -> tuple[datetime, str]:
    """Return the moment that decay correction START refers to, and where it was found.

    Series Date and Time count only when no image was acquired before them: a series written later bears the time
    of its making. Then GE's private scan time, then the frame times, then the earliest acquisition.

    Raises
    ------
    NoSuvError
        No time is given at all.
    """
    known = [moment for moment in (_moment(header, "0008002A", "00080022", "00080032") for header in headers) if moment]
    series = _moment(headers[0], "", "00080021", "00080031")
    if series is not None and (not known or series <= min(known)):
        return series, "series date and time"
    for value in private_values(headers[0], 0x0009, "GEMS_PETD_01", 0x0D)[:1]:
        private = _parsed(str(value))
        if private is not None:
            return private, "GE's private scan date and time (0009,100D)"
    if not known:
        raise NoSuvError("The time of the scan is missing.")
    half_life = numbers(first(headers[0], "00540016") or {}, "00181075")
    timed = [header for header in headers if _framed(header)]
    if half_life and timed:  # of the earliest frame: it leads back furthest
        header = min(timed, key=_acquired)
        shift = _count_rate_time(header, half_life[0]) - numbers(header, "00541300")[0] / 1000.0
        return _acquired(header) + timedelta(seconds=shift), "acquisition time less frame reference time"
    return min(known), "earliest acquisition time"


def _framed(header: dict[str, Any]) -> bool:
    """Say whether a frame's acquisition, reference time and duration are all known."""
    reference, duration = numbers(header, "00541300"), numbers(header, "00181242")
    known = bool(reference and reference[0] > 0 and duration and duration[0] > 0)
    return known and _moment(header, "0008002A", "00080022", "00080032") is not None


def _count_rate_time(header: dict[str, Any], half_life_s: float) -> float:
    """Return when within a frame its mean count rate is reached, in seconds from its beginning (QIBA)."""
    duration = numbers(header, "00181242")
    seconds = duration[0] / 1000.0 if duration and duration[0] > 0 else 0.0
    rate = log(2) / half_life_s
    decayed = rate * seconds
    return log(decayed / (1.0 - exp(-decayed))) / rate if decayed > 1e-9 else seconds / 2


def injection(header: dict[str, Any], scanned: datetime) -> datetime:
    """Return when the tracer was injected: by date and time where that fits the scan, else by the time of day.

    Dates are often shifted when data are made anonymous, and an injection before midnight has the time alone; so a
    date that is not within the day before the scan is not believed.

    Raises
    ------
    NoSuvError
        No time is given.
    """
    drug = first(header, "00540016") or {}
    dated = _parsed(text(drug, "00181078"))
    if dated is not None and timedelta(0) <= scanned - dated < timedelta(days=1):
        return dated
    clock = _parsed("20000101" + text(drug, "00181072")) if text(drug, "00181072") else dated
    if clock is None:
        raise NoSuvError("The time of injection is missing.")
    on_the_day = datetime.combine(scanned.date(), clock.time())
    return on_the_day if on_the_day <= scanned else on_the_day - timedelta(days=1)


def _acquired(header: dict[str, Any]) -> datetime:
    found = _moment(header, "0008002A", "00080022", "00080032")
    if found is None:
        raise NoSuvError("The time of acquisition is missing.")
    return found


def _moment(header: dict[str, Any], both: str, date: str, time: str) -> datetime | None:
    if text(header, date) and text(header, time):
        return _parsed(text(header, date).replace(".", "") + text(header, time))
    return _parsed(text(header, both)) if both else None


def _parsed(written: str) -> datetime | None:
    """Return DICOM's DT (or DA and TM joined) as a local time: zones play no part, all clocks are one scanner's."""
    plain = written.replace(":", "").split("+")[0].split("-")[0].strip()
    digits, _, fraction = plain.partition(".")
    if not digits.isdecimal() or len(digits) < 10 or (fraction and not fraction.isdecimal()):
        return None
    padded = digits.ljust(14, "0")[:14]
    try:
        return datetime.strptime(padded + (fraction or "0")[:6].ljust(6, "0"), "%Y%m%d%H%M%S%f")  # noqa: DTZ007
    except ValueError:
        return None
