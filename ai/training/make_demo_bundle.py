"""Make the bundle that comes with the product: ``python -m ai.training.make_demo_bundle``.

It learns from phantoms of one contrast phase alone (``PORTAL_STYLE``), so that readers of other scanners see drafts
worth correcting and retraining on their consensus has something to win. Everything follows from the seed; the same
machine, torch build and number of threads give the same bytes.
"""

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path

from ai.imaging.phantoms import LOW_DOSE_STYLE, PHANTOM_LABELS, PORTAL_STYLE, make_cases
from ai.training import TrainingSettings, pack_bundle, score, train
from ai.types import EpochReport, ScoreCard

SETTINGS = TrainingSettings(epochs=40, steps_per_epoch=20, learning_rate=1e-2, score_every=0, seed=2026)
TRAIN_SEEDS = range(100, 116)
UNSEEN_SEEDS = range(900, 908)
NAME = "phantom_organ_lesion"


def make_demo_bundle(into: Path, settings: TrainingSettings = SETTINGS, cases: range = TRAIN_SEEDS) -> Path:
    """Train on phantoms and write the bundle into an empty folder; returns the folder.

    Parameters
    ----------
    into : Path
        Where the bundle goes.
    settings : TrainingSettings
        How to train; the defaults take a few minutes on two CPU cores.
    cases : range
        Seeds of the phantoms to learn from.
    """
    with tempfile.TemporaryDirectory(prefix="fiducial-") as folder:
        network = train(
            make_cases(cases, PORTAL_STYLE), settings, checkpoint=Path(folder) / "checkpoint.pt", on_epoch=_tell
        )
    metadata = {
        "name": NAME,
        "version": "1.0.0",
        "description": "Organ and lesion of CT-like phantoms, for trying the product. It knows nothing of patients.",
        "authors": "The Fiducial authors",
        "copyright": "The Fiducial authors, Apache-2.0",
        "data_source": f"ai.imaging.phantoms, seeds {cases.start} to {cases.stop - 1}",
        "data_type": "synthetic",
        "changelog": {"1.0.0": "First version"},
    }
    return pack_bundle(network, settings, PHANTOM_LABELS, into, metadata)


def _tell(report: EpochReport) -> None:
    sys.stdout.write(f"epoch {report.epoch}/{report.epochs}  loss {report.loss:.3f}  {report.elapsed_s:.1f} s\n")
    sys.stdout.flush()


def _row(name: str, card: ScoreCard) -> str:
    dices = "  ".join(
        f"{PHANTOM_LABELS[value]} {dice:.3f}" for value, dice in card.per_label.items() if dice is not None
    )
    return f"{name}: {dices}\n"


def main() -> None:
    """Make the bundle and print its Dice on phantoms that it has not seen, of its own and of another scanner."""
    parser = argparse.ArgumentParser(description="Make the demo bundle.")
    parser.add_argument("into", type=Path, nargs="?", default=Path("annotations/assist/shipped") / NAME)
    parser.add_argument("--seed", type=int, default=SETTINGS.seed)
    options = parser.parse_args()
    bundle = make_demo_bundle(options.into, dataclasses.replace(SETTINGS, seed=options.seed))
    for name, style in (("unseen, same scanner", PORTAL_STYLE), ("unseen, other scanner", LOW_DOSE_STYLE)):
        sys.stdout.write(_row(name, score(bundle, make_cases(UNSEEN_SEEDS, style), list(PHANTOM_LABELS))))


if __name__ == "__main__":
    main()
