"""What is run on both libraries: inputs made on the host by a seed, and a function of arrays alone.

`SMALL` suits a test, `LARGE` a table of times: a CT of 512x512x150 voxels and tables of a million rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.imaging import geodesic, grid, prompting
from ai.imaging.phantoms import make_touching_phantom
from ai.metrics import classification, elements, overlap, surface, table
from ai.metrics.agreement import concordance, icc, kappa, krippendorff, masks
from ai.metrics.calibration import errors, selective, temperature
from ai.metrics.consensus import confusion, pruning, result, voting
from ai.metrics.consensus.staple import staple, staple_labels, staple_soft
from ai.metrics.detection import curves, matching
from ai.metrics.guarantees import intervals, margin, risk
from ai.selection import disagreement, kcentre, picking, regions, scoring, uncertainty
from ai.selection.choosing import choose
from ai.selection.strategies import Strategy
from ai.types import Geometry

SPACING = (2.0, 0.8, 0.7)


@dataclass(frozen=True)
class Scale:
    """How large: a volume's shape, rows of a table, readers, labels, and the edge of the prompted phantom."""

    shape: tuple[int, int, int]
    rows: int
    readers: int
    labels: int
    edge: int


SMALL = Scale((24, 40, 44), 2_000, 4, 4, 64)
LARGE = Scale((150, 512, 512), 1_000_000, 5, 10, 128)


@dataclass(frozen=True)
class Case:
    """A name, how its arrays are made, and what is done with them.

    `timed` says whether the large size is worth a row in the table of times. `share` is how many voxels of a mask may
    differ: rounding decides some where a decision hangs on a comparison of floats.
    """

    name: str
    make: Callable[[Scale], tuple[np.ndarray, ...]]
    run: Callable[..., Any]
    timed: bool = True
    share: float = 0.0


def label_maps(scale: Scale, readers: int) -> np.ndarray:
    """Return the label values of readers: ellipsoids of one size each, for every reader moved and swollen a little."""
    rng = np.random.default_rng(5)
    size = np.array(scale.shape)
    stack = np.zeros((readers, *scale.shape), dtype=np.uint8)
    for label in range(1, scale.labels + 1):
        radii, centre = size * rng.uniform(0.07, 0.18, 3), size * rng.uniform(0.25, 0.75, 3)
        for reader in range(readers):
            axes = [
                (np.arange(n) - c) / r
                for n, c, r in zip(
                    scale.shape, centre + rng.uniform(-2, 2, 3), radii + rng.uniform(0, 1.5, 3), strict=True
                )
            ]
            k, j, i = np.meshgrid(*axes, indexing="ij", sparse=True)
            stack[reader][k**2 + j**2 + i**2 <= 1] = label
    return stack


def _pair(scale: Scale) -> tuple[np.ndarray, ...]:
    return tuple(label_maps(scale, 2))


def _mask_pair(scale: Scale) -> tuple[np.ndarray, ...]:
    return tuple(one > 0 for one in label_maps(scale, 2))


def _stack(scale: Scale) -> tuple[np.ndarray, ...]:
    return (label_maps(scale, scale.readers),)


def _votes(scale: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    truth = rng.random(scale.rows) < 0.4
    return (np.where(rng.random((scale.readers, scale.rows)) < 0.88, truth, ~truth),)


def _soft_votes(scale: Scale) -> tuple[np.ndarray, ...]:
    (votes,) = _votes(scale)
    return ((votes * 0.7 + np.random.default_rng(2).random(votes.shape) * 0.3).astype(np.float32),)


def _scored(scale: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(3)
    truth = rng.random(scale.rows) < 0.3
    scores = rng.normal(size=(2, scale.rows)) + truth * np.array([[0.8], [1.1]])
    return scores.round(2).astype(np.float32), truth


def _probabilities(scale: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(4)
    p = rng.random(scale.rows).astype(np.float32)
    return p, rng.random(scale.rows) < p


def _logits(scale: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(6)
    logits = rng.normal(0, 3, (4, scale.rows)).astype(np.float32)
    noise = rng.gumbel(size=logits.shape)
    return logits, (logits / 2 + noise).argmax(axis=0)


def _soft_volume(scale: Scale) -> tuple[np.ndarray, ...]:
    first, second = _mask_pair(scale)
    noise = np.random.default_rng(7).random(first.shape)
    return np.clip(0.7 * second + 0.3 * noise, 0, 1).astype(np.float32), first


def _ratings(_: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(8)
    return ((rng.normal(5, 2, (60, 1)) + rng.normal(0, 1, (60, 4))).round(),)


def _image(scale: Scale) -> tuple[np.ndarray, ...]:
    return (np.random.default_rng(9).normal(0, 100, scale.shape).astype(np.float32),)


def _labels(scale: Scale) -> tuple[np.ndarray, ...]:
    return (label_maps(scale, 1)[0],)


def _prompted(scale: Scale) -> tuple[np.ndarray, ...]:
    phantom = make_touching_phantom(0, size=scale.edge)
    return phantom.image, phantom.inside, phantom.outside


def _priced(scale: Scale) -> tuple[np.ndarray, ...]:
    shape = (scale.edge // 2,) * 3
    price = np.random.default_rng(10).uniform(1, 4, shape).astype(np.float32)
    start = np.full((2, *shape), np.inf, dtype=np.float32)
    start[0, 2, 3, 4] = start[1, -3, -4, -5] = 0.0
    return price, start


def _values(_: Scale) -> tuple[np.ndarray, ...]:
    return (np.random.default_rng(11).random(300),)


def _marks(_: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(12)
    return rng.random(40), rng.integers(-1, 3, 40)


def _marked(scores: Any, hits: Any) -> list[curves.MarkedCase]:
    return [curves.MarkedCase(scores, hits, 3), curves.MarkedCase(scores[hits < 0], hits[hits < 0], 0)]


def _turned(shape: tuple[int, int, int]) -> tuple[Geometry, Geometry]:
    """Return a volume's grid, and one of twice the voxel size that is turned by 12 degrees."""
    angle = np.deg2rad(12.0)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    source = Geometry.axial(shape, SPACING, (-20.0, 5.0, 3.0))
    coarse = tuple(max(1, n // 2) for n in shape)
    target = Geometry((coarse[0], coarse[1], coarse[2]), turn @ source.affine_lps @ np.diag([2.0, 2.0, 2.0, 1.0]))
    return source, target


def _members(scale: Scale) -> tuple[np.ndarray, ...]:
    """Return the probabilities of members for one case: four classes, a softmax of noise that they share in part."""
    rng = np.random.default_rng(13)
    shape = (4, *(n // 2 for n in scale.shape))
    logits = 2 * rng.normal(size=shape) + rng.normal(size=(3, *shape))
    powers = np.exp(logits)
    return ((powers / powers.sum(axis=1, keepdims=True)).astype(np.float32),)


def _soft_masks(scale: Scale) -> tuple[np.ndarray, ...]:
    stack = label_maps(scale, scale.readers) > 0
    noise = np.random.default_rng(14).random(stack.shape, dtype=np.float32)
    return (np.where(noise < 0.05, noise * 20, stack).astype(np.float32),)


def _embeddings(_: Scale) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(15)
    return rng.normal(size=(400, 16)), rng.normal(size=(12, 16))


def _patches(shape: tuple[int, ...]) -> list[regions.Region]:
    return regions.patches("a", shape, tuple(max(4, n // 4) for n in shape))


def _doubts(p: Any) -> tuple[Any, ...]:
    return uncertainty.predictive_entropy(p), uncertainty.mutual_information(p), uncertainty.class_entropy(p)


def _scores(p: Any) -> tuple[Any, ...]:
    boxes = _patches(p.shape[2:])
    rows = [scoring.score_case(p, boxes, aggregation=one) for one in scoring.Aggregation]
    return tuple(getattr(one, name) for one in rows for name in scoring.COLUMNS)


def _farthest(embeddings: Any, known: Any) -> tuple[Any, ...]:
    """Choose by k-centre with and without something known; candidates hold their columns on the host."""
    pool = scoring.Candidates(tuple(regions.Region(str(n), (0,), (1,)) for n in range(len(embeddings))))
    pool = scoring.with_columns(pool, embedding=embeddings)
    found = [choose(pool, 20, strategy=Strategy.K_CENTRE, seed=1, known=one) for one in (None, known)]
    return tuple(np.array(one.places) for one in found)


def _apart(picks: Any, known: Any) -> Any:
    """Pick by k-centre from embeddings where they lie."""
    places = tuple(regions.Region(str(n), (0,), (1,)) for n in range(len(picks)))
    taken = picking.Picking(places, labelled=(), cap_per_case=None, rng=np.random.default_rng(0))
    taken_fresh = picking.Picking(places, labelled=(), cap_per_case=None, rng=np.random.default_rng(0))
    kcentre.take_farthest(taken, picks, 20, known=known, among=np.arange(len(picks)) % 3 > 0)
    kcentre.take_farthest(taken_fresh, picks, 20)
    return np.array(taken.places), np.array(taken_fresh.places)


def _overlaps(a: Any, b: Any) -> tuple[float, ...]:
    volumes = overlap.volume_ml(a, spacing_mm=SPACING), overlap.volume_difference_ml(a, b, spacing_mm=SPACING)
    return overlap.dice(a, b), overlap.jaccard(a, b), *volumes


def _distances(a: Any, b: Any) -> tuple[float, ...]:
    found = surface.pooled([surface.surface_distances(a, b, spacing_mm=SPACING)] * 2)
    return found.assd_mm, found.hausdorff_mm, found.hd95_mm


def _agreement(ratings: Any) -> tuple[Any, ...]:
    a, b = ratings[:, 0], ratings[:, 1]
    return (
        kappa.cohen_kappa(a, b, weights=kappa.Weights.QUADRATIC),
        kappa.fleiss_kappa(kappa.counts_of(ratings), resamples=50),
        krippendorff.krippendorff_alpha(ratings.T, scale=krippendorff.Scale.INTERVAL, resamples=50),
        icc.intraclass_correlation(ratings),
        concordance.concordance_correlation(a, b),
        concordance.bland_altman(a, b),
    )


def _calibration(p: Any, y: Any) -> tuple[Any, ...]:
    return errors.reliability(p, y), errors.brier_score(p, y), errors.negative_log_likelihood(p, y)


def _tempered(logits: Any, labels: Any) -> tuple[Any, ...]:
    found = temperature.fit_temperatures(logits, labels)
    p = temperature.probabilities_at(logits, found)
    return found, p, errors.classwise_calibration_error(p, labels)


def _guaranteed(p: Any, truth: Any) -> tuple[Any, ...]:
    steps = (0.1, 0.3, 0.5, 0.7, 0.9)
    losses = risk.false_negative_rates(p, truth, steps)
    return losses, risk.control_risk(losses[None].repeat(30, axis=0), steps, alpha=0.2)


def _margins(predicted: Any, truth: Any) -> tuple[Any, ...]:
    needed = margin.needed_margin_mm(predicted, truth, spacing_mm=SPACING, share=0.99)
    return needed, margin.with_margin(predicted, margin_mm=needed, spacing_mm=SPACING)


CASES = (
    Case("overlap and volume", _mask_pair, _overlaps),
    Case("surface distances", _mask_pair, _distances),
    Case("surface Dice", _mask_pair, lambda a, b: surface.surface_dice(a, b, spacing_mm=SPACING, tolerances_mm=(1, 2))),
    Case("surface codes", _mask_pair, lambda a, b: (elements.surface_codes(a), surface.surface_of(b))),
    Case("table of all labels", _pair, lambda a, b: table.compare_labels(a, b, spacing_mm=SPACING)),
    Case("pairwise Dice", _stack, lambda s: masks.pairwise_dice([s, s], resamples=50)),
    Case("generalised Dice", _stack, lambda s: masks.generalised_dice([s], labels=(1, 2))),
    Case("lesions by overlap", _pair, lambda a, b: matching.match_lesions(a, b, spacing_mm=SPACING, min_iou=0.2)),
    Case(
        "lesions by centre",
        _pair,
        lambda a, b: matching.match_lesions(a, b, spacing_mm=SPACING, rule=matching.MatchRule.CENTRE, tolerance_mm=3.0),
    ),
    Case("AUC", _scored, lambda s, y: classification.compare_auc(s[0], s[1], y)),
    Case("FROC, wAFROC", _marks, lambda s, h: (curves.froc(_marked(s, h)), curves.wafroc(_marked(s, h))), timed=False),
    Case("agreement of ratings", _ratings, _agreement, timed=False),
    Case("calibration", _probabilities, _calibration),
    Case(
        "calibration near a boundary",
        _soft_volume,
        lambda p, y: errors.boundary_calibration_error(p, y, spacing_mm=SPACING, within_mm=4.0),
    ),
    Case("temperatures", _logits, _tempered),
    Case("temperature of an event", _probabilities, lambda p, y: temperature.fit_temperature(p * 6 - 3, y)),
    Case("risk and coverage", _values, lambda v: selective.risk_coverage(v, 1 - v), timed=False),
    Case("conformal quantile", _values, lambda v: intervals.conformal_quantile(v, alpha=0.1), timed=False),
    Case("conformal risk", _soft_volume, _guaranteed),
    Case("conformal margin", _mask_pair, _margins),
    Case("majority", _stack, voting.majority),
    Case("weighted vote", _stack, lambda s: voting.weighted_vote(s, np.linspace(0.5, 1.0, len(s)))),
    Case("STAPLE", _votes, staple),
    Case("STAPLE, soft", _soft_votes, staple),
    Case("STAPLE of soft masks", _soft_masks, staple_soft),
    Case("STAPLE of labels", _stack, staple_labels),
    Case("STAPLE with confusion", _stack, confusion.staple_confusion),
    Case("SIMPLE", _stack, pruning.simple_consensus),
    Case("consensus with reliability", _stack, lambda s: result.find_consensus(s, result.Rule.STAPLE)),
    Case("maps of doubt", _members, _doubts),
    Case("regions scored", _members, _scores),
    Case(
        "disagreement of readers",
        _stack,
        lambda s: (disagreement.vote_entropy(s), disagreement.case_disagreement(s)),
    ),
    Case("k-centre", _embeddings, _apart, timed=False),
    Case("k-centre by the host's columns", _embeddings, _farthest, timed=False),
    Case("geodesic distance", _priced, lambda p, s: geodesic.geodesic_distance(p, s, SPACING)),
    Case("resampled image", _image, lambda one: grid.resample_image(one, *_turned(one.shape))),
    Case("resampled labels", _labels, lambda one: grid.resample_labels(one, *_turned(one.shape))),
    Case("click to mask", _prompted, lambda i, a, b: prompting.segment_prompts(i, a, b, (1.0, 1.0, 1.0)), share=1e-4),
)
