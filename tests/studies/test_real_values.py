"""Units and SUV: figures worked out by hand, and every way in which an SUV cannot be had."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from studies.models import Series, Volume
from studies.pixels import read_volume
from studies.real_values import NoSuvError, Suv, suv_of, units_of

HALF_LIFE = 6588.0
PLACES = {
    "uid": ("00080018", "UI"),
    "series_date": ("00080021", "DA"),
    "series_time": ("00080031", "TM"),
    "date": ("00080022", "DA"),
    "time": ("00080032", "TM"),
    "weight": ("00101030", "DS"),
    "corrected": ("00280051", "CS"),
    "units": ("00541001", "CS"),
    "kind": ("00541006", "CS"),
    "decay": ("00541102", "CS"),
    "reference_ms": ("00541300", "DS"),
    "duration_ms": ("00181242", "IS"),
    "ge_creator": ("00090010", "LO"),
    "ge_scan": ("0009100D", "DT"),
    "philips_creator": ("70530010", "LO"),
    "philips_suv": ("70531000", "DS"),
    "philips_activity": ("70531009", "DS"),
}
DRUG = {"dose": "00181074", "half_life": "00181075", "injected": "00181072", "injected_at": "00181078"}


def pet(**changes: Any) -> dict[str, Any]:
    """Return the header of a PET like STS_001; None takes a value away."""
    values: dict[str, Any] = {
        "uid": "1.2.3",
        "series_date": "20000907",
        "series_time": "112011.00",
        "date": "20000907",
        "time": "112011.00",
        "weight": 71.0,
        "corrected": ["DECY", "ATTN", "SCAT"],
        "units": "BQML",
        "decay": "START",
        "dose": 388777472.0,
        "half_life": HALF_LIFE,
        "injected": "103500.00",
    } | changes
    drug = {DRUG[n]: {"vr": "DS", "Value": [values.pop(n)]} for n in DRUG if values.get(n) is not None}
    header: dict[str, Any] = {"00080060": {"vr": "CS", "Value": ["PT"]}, "00540016": {"vr": "SQ", "Value": [drug]}}
    for name, value in values.items():
        if value is not None and name in PLACES:
            tag, vr = PLACES[name]
            header[tag] = {"vr": vr, "Value": value if isinstance(value, list) else [value]}
    return header


def factor(*headers: dict[str, Any]) -> float:
    return suv_of(headers).factor


EXPECTED = 71_000 / (388_777_472 * 2 ** (-2711 / HALF_LIFE))  # 10:35:00 to 11:20:11 are 2711 s


def test_the_rule_by_hand() -> None:
    found = suv_of([pet()])
    assert found.factor == pytest.approx(EXPECTED, rel=1e-12)
    assert found.factor == pytest.approx(2.42903e-4, rel=1e-5)
    assert (found.units, found.decay_s, found.weight_kg) == ("SUVbw", 2711, 71)
    assert (found.injected_at, found.scanned_at) == ("2000-09-07T10:35:00", "2000-09-07T11:20:11")
    assert "factors" not in found.as_json()


def test_decay_corrected_to_injection_needs_no_time() -> None:
    assert factor(pet(decay="ADMIN", injected=None, time=None)) == pytest.approx(71_000 / 388_777_472)


def test_without_decay_correction_each_frame_has_its_own_factor() -> None:
    headers = [
        pet(decay="NONE", corrected=["ATTN"], uid=f"1.{n}", time=f"11{20 + 4 * n}00", duration_ms=240_000)
        for n in range(3)
    ]
    found = suv_of(headers)
    assert list(found.factors) == ["1.0", "1.1", "1.2"]
    assert found.factors["1.1"] / found.factors["1.0"] == pytest.approx(2 ** (240 / HALF_LIFE))
    decayed = 1 - 0.5 ** (240 / HALF_LIFE)  # the mean activity of a frame is that of the moment we take
    rate = 0.6931471805599453 / HALF_LIFE
    mean = decayed / (rate * 240)
    assert found.factors["1.0"] == pytest.approx(71_000 / (388_777_472 * 2 ** (-2700 / HALF_LIFE) * mean))


def test_an_injection_before_midnight() -> None:
    late = pet(injected="233000", series_time="003000", time="003000")
    assert suv_of([late]).decay_s == 3600
    assert suv_of([late]).injected_at == "2000-09-06T23:30:00"
    dated = pet(injected="233000", injected_at="20000906233000.00", series_time="003000", time="003000")
    assert suv_of([dated]).decay_s == 3600


@pytest.mark.parametrize("shifted", ["20060129103500", "19990101103500", "20000908103500"])
def test_a_date_that_cannot_be_is_not_believed(shifted) -> None:
    assert factor(pet(injected_at=shifted)) == pytest.approx(EXPECTED)


def test_the_time_of_the_scan() -> None:
    """A series time after an acquisition is the time of a later series: it does not count."""
    rewritten = {"series_time": "170000"}
    assert suv_of([pet(**rewritten)]).scan_time_from == "earliest acquisition time"
    assert factor(pet(**rewritten)) == pytest.approx(EXPECTED)
    assert factor(pet(**rewritten, time="112500"), pet(**rewritten)) == pytest.approx(EXPECTED)  # whatever the order
    early = suv_of([pet(time="113000")])
    assert (early.scan_time_from, early.decay_s) == ("series date and time", 2711)
    ge = pet(**rewritten, time="113000", ge_creator="GEMS_PETD_01", ge_scan="20000907112011.00")
    assert suv_of([ge]).scan_time_from.startswith("GE's private")
    assert factor(ge) == pytest.approx(EXPECTED)
    ge["0009100D"] = {"vr": "UN", "InlineBinary": base64.b64encode(b"20000907112011.00 ").decode()}
    assert factor(ge) == pytest.approx(EXPECTED)
    # a frame of 240 s acquired at 11:28:13, whose mean count rate comes 600 s after the beginning of the scan
    timed = suv_of([pet(**rewritten, time="112813", reference_ms=600_000, duration_ms=240_000)])
    assert timed.scan_time_from == "acquisition time less frame reference time"
    assert timed.decay_s == pytest.approx(2711 + 482 - 600 + 120, abs=1)


def test_values_that_are_suv_already_stay() -> None:
    assert suv_of([pet(units="GML", decay="ADMIN", kind="BW")]) == Suv(
        "SUVbw", 1.0, "The values are SUV already (Units GML)."
    )
    assert suv_of([pet(units="GML")]).units == "SUVbw"
    assert suv_of([pet(units="GML", kind="LBMJANMA")]).units == "SUVlbm"
    assert suv_of([pet(units="CM2ML")]).units == "SUVbsa"
    assert suv_of([pet(units="GML", weight=None, dose=None)]).factor == 1.0


def test_philips_counts() -> None:
    own = {"philips_creator": "Philips PET Private Group"}
    assert factor(pet(units="CNTS", **own, philips_suv=0.000551)) == 0.000551
    by_activity = pet(units="CNTS", **own, philips_suv=0.0, philips_activity=1.5)
    assert factor(by_activity) == pytest.approx(1.5 * EXPECTED)
    with pytest.raises(NoSuvError, match="counts"):
        suv_of([pet(units="CNTS")])
    with pytest.raises(NoSuvError, match="counts"):
        suv_of([pet(units="CNTS", philips_creator="Somebody else", philips_suv=3.0)])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": None}, "weight is missing"),
        ({"weight": 0}, "weight is missing"),
        ({"dose": None}, "dose is missing"),
        ({"dose": 388.8}, "MBq"),
        ({"half_life": None}, "half-life"),
        ({"injected": None}, "time of injection"),
        ({"series_time": None, "time": None}, "time of the scan"),
        ({"corrected": ["DECY"]}, "attenuation"),
        ({"corrected": ["ATTN"]}, "decay"),
        ({"decay": "SOMETIME"}, "SOMETIME"),
        ({"units": "PROPCNTS"}, "PROPCNTS"),
        ({"units": None}, "not given"),
    ],
)
def test_what_is_missing_is_said(changes, said) -> None:
    with pytest.raises(NoSuvError, match=said):
        suv_of([pet(**changes)])


def element(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)}


@pytest.mark.parametrize(
    ("header", "units"),
    [
        ({"00080060": element("CS", "CT"), "00281053": element("DS", 1.0)}, "HU"),
        ({"00080060": element("CS", "CT")}, ""),
        (
            {"00080060": element("CS", "CT"), "00281053": element("DS", 1.0), "00281054": element("LO", "Z_EFF")},
            "Z_EFF",
        ),
        ({"00080060": element("CS", "CT"), "00281053": element("DS", 1.0), "00281054": element("LO", "US")}, ""),
        ({"00080060": element("CS", "MR")}, ""),
        ({"00080060": element("CS", "PT"), "00541001": element("CS", "BQML")}, "BQML"),
        ({"00080060": element("CS", "RTDOSE"), "3004000E": element("DS", 1e-6), "30040002": element("CS", "GY")}, "Gy"),
    ],
)
def test_units(header, units) -> None:
    assert units_of(header) == units


def test_a_whole_body_pet_in_suv(shared_data, bring_in, administrator) -> None:
    """Every tenth slice of STS_001, by the manifest's figures: dose, half-life, injection, scan, weight."""
    paths = sorted((shared_data / "pet/STS_001_FDG/dicom").iterdir())
    datasets = sorted((dcmread(path) for path in paths), key=lambda ds: ds.ImagePositionPatient[2])[:100:10]
    bring_in(administrator, datasets)
    volume = Volume.objects.get()
    assert volume.units == "SUVbw"
    assert volume.details["suv"]["dose_bq"] == 388_777_472
    assert volume.details["suv"]["factor"] == pytest.approx(EXPECTED, rel=1e-9)
    values, _ = read_volume(volume)
    slopes = {float(ds.RescaleSlope) for ds in datasets}
    assert len(slopes) > 5
    for k, ds in enumerate(datasets):
        assert np.allclose(values[k], ds.pixel_array * float(ds.RescaleSlope) * EXPECTED, rtol=1e-5)
    for ds in datasets:
        ds.PatientWeight, ds.SeriesInstanceUID = None, "1.2.3.4"
        ds.SOPInstanceUID = f"{ds.SOPInstanceUID[:50]}.9"
    bring_in(administrator, datasets)
    series = Series.objects.get(series_uid="1.2.3.4")
    assert [one["detail"] for one in series.findings if one["code"] == "no_suv"] == ["The patient's weight is missing."]
    volume = series.volumes.get()
    assert (volume.units, volume.details["suv"]) == ("BQML", {"missing": "The patient's weight is missing."})
    raw, _ = read_volume(volume)
    assert np.allclose(raw * EXPECTED, values, rtol=1e-5)


def test_suv_that_came_is_not_scaled_again(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "petct/STS_002/dicom/PET/image"
    bring_in(administrator, folder)
    volume = Volume.objects.get()
    assert (volume.units, volume.details["suv"]["factor"]) == ("SUVbw", 1.0)
    values, _ = read_volume(volume)
    datasets = [dcmread(path) for path in folder.iterdir()]
    highest = max(
        float((ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)).max()) for ds in datasets
    )
    assert values.max() == pytest.approx(highest, rel=1e-6)


def test_a_dose_by_its_own_factor(shared_data, bring_in, administrator) -> None:
    bring_in(administrator, [shared_data / "rt/pydicom/rtdose.dcm"])
    volume = Volume.objects.get()
    values, geometry = read_volume(volume)
    assert volume.units == "relative"  # Dose Units of this file
    assert geometry.shape_kji == (15, 10, 10)
    assert (values.min(), values.max()) == (pytest.approx(0.795), pytest.approx(1.254))


CALCULATE_SUV = Path(__file__).resolve().parents[2] / "frontend/node_modules/@cornerstonejs/calculate-suv"
NAMES = {
    "CorrectedImage": "00280051", "Units": "00541001", "DecayCorrection": "00541102", "PatientWeight": "00101030",
    "SeriesDate": "00080021", "SeriesTime": "00080031", "AcquisitionDate": "00080022", "AcquisitionTime": "00080032",
    "FrameReferenceTime": "00541300", "ActualFrameDuration": "00181242", "GEPrivatePostInjectionDateTime": "0009100D",
}  # fmt: skip


def as_the_viewer_sees(header: dict[str, Any]) -> dict[str, Any]:
    """Return what the viewer's PET module hands to calculate-suv."""
    drug = header["00540016"]["Value"][0]
    found = {name: header[tag]["Value"] for name, tag in NAMES.items() if tag in header}
    found = {name: value if name == "CorrectedImage" else value[0] for name, value in found.items()}
    for name, tag in (("RadionuclideTotalDose", "00181074"), ("RadionuclideHalfLife", "00181075")):
        found[name] = drug[tag]["Value"][0]
    for name, tag in (("RadiopharmaceuticalStartTime", "00181072"), ("RadiopharmaceuticalStartDateTime", "00181078")):
        if tag in drug:
            found[name] = drug[tag]["Value"][0]
    if "70530010" in header:
        own = {"SUVScaleFactor": "70531000", "ActivityConcentrationScaleFactor": "70531009"}
        found["PhilipsPETPrivateGroup"] = {n: header[t]["Value"][0] for n, t in own.items() if t in header}
    return found


@pytest.fixture(scope="module")
def cornerstone() -> Callable[[list[dict[str, Any]]], float]:
    """Return the SUV factor by the library that the viewer scales PET with."""
    node = shutil.which("node")
    if node is None or not CALCULATE_SUV.is_dir():
        pytest.skip("node or the front end's packages are not installed")
    script = (
        "const {calculateSUVScalingFactors: f} = require(process.argv[1]);"
        "const rows = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(f(rows).map((one) => one.suvbw)));"
    )

    def factors(headers: list[dict[str, Any]]) -> float:
        rows = json.dumps([as_the_viewer_sees(header) for header in headers])
        command = [node, "-e", script, str(CALCULATE_SUV / "dist/index.js")]
        done = subprocess.run(command, input=rows, capture_output=True, text=True, check=True, timeout=60)
        (factor,) = set(json.loads(done.stdout))
        return factor

    return factors


LATER = {"series_time": "170000.00"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"units": "GML", "kind": "BW"},
        {"time": "113000.00"},
        LATER,
        {**LATER, "ge_creator": "GEMS_PETD_01", "ge_scan": "20000907112011.00"},
        {"injected": None, "injected_at": "20000907103500.00"},
        {"injected": "233000.00", "injected_at": "20000906233000.00", "series_time": "003000.00", "time": "003000.00"},
        {"units": "CNTS", "philips_creator": "Philips PET Private Group", "philips_suv": 0.00055},
        {"units": "CNTS", "philips_creator": "Philips PET Private Group", "philips_suv": 0, "philips_activity": 1.5},
    ],
    ids=str,
)
def test_the_viewer_comes_to_the_same_suv(cornerstone, changes) -> None:
    """Cornerstone scales PET by itself, from the file's metadata: a reader and our API must see one value."""
    headers = [pet(**changes, uid=f"1.{n}") for n in range(3)]
    assert suv_of(headers).factor == pytest.approx(cornerstone(headers), rel=1e-9)


def test_the_viewers_library_does_not_know_admin(cornerstone) -> None:
    """It takes every decay correction for START (1.0.3), and looks at one image alone; so the viewer is told ours."""
    admin = pet(decay="ADMIN")
    assert suv_of([admin]).factor / cornerstone([admin]) == pytest.approx(2 ** (-2711 / HALF_LIFE), rel=1e-9)


def test_frame_times_lead_to_the_viewers_start_but_for_a_second(cornerstone) -> None:
    """Where frame times count (QIBA), the viewer's library takes the earliest acquisition: 0.02 % apart for 240 s."""
    frames = [
        pet(**LATER, time=f"11{20 + 4 * n}11.00", reference_ms=240_000 * n + 119_496, duration_ms=240_000)
        for n in range(3)
    ]
    assert suv_of(frames).scan_time_from == "acquisition time less frame reference time"
    assert suv_of(frames).factor == pytest.approx(cornerstone(frames), rel=2e-4)
