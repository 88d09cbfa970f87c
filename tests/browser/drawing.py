"""Strokes of a random hand, and what must be under every place that its pointer passed."""

import itertools
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.breakage import Bench

PANES = ("axial", "coronal", "sagittal")
RADIUS_MM = 5.0
"""The room's brush as it is at the start."""
REACH_MM = RADIUS_MM * 2
"""So near to a later stroke nothing is said about what lay there before."""
SPACING_KJI = (3.0, 2.0, 2.0)

Index = tuple[int, int, int]


@dataclass
class Drawing:
    """What one round draws.

    `expected` are voxels (i, j, k) with the label that must be there at its end; -n: any but label n, which was erased.
    """

    bench: "Bench"
    choice: random.Random
    strokes: int = 0
    expected: dict[Index, int] = field(default_factory=dict)
    answer: str | None = None

    def stroke(self, *, slices: range | None = None, finish: bool = True, erase: bool | None = None) -> None:
        """Draw one stroke with the mouse; `finish` False keeps the button down. `slices`: axial ones to draw on."""
        room, choice = self.bench.room, self.choice
        eraser = choice.random() < 0.2 if erase is None else erase
        label = choice.choice((1, 2))
        room.page.keyboard.press(str(label))
        room.page.keyboard.press("e" if eraser else "b")  # after the label, whose key takes the brush in hand
        pane = "axial" if slices else choice.choice(PANES)
        if slices:
            self.bench.go_to_slice(choice.choice(list(slices)))
        x, y = choice.uniform(0.35, 0.6), choice.uniform(0.4, 0.6)
        path = [(x, y)]
        for _ in range(choice.randint(1, 3)):
            path.append((min(0.65, max(0.35, path[-1][0] + choice.uniform(-0.1, 0.1))), path[-1][1] + 0.02))
        box = room.box(pane)
        places = [room.probe(f"indexAt({pane!r}, {px * box['width']}, {py * box['height']})") for px, py in path]
        room.stroke(pane, path, release=finish)
        self.strokes += 1
        self._expect([tuple(round(value) for value in place) for place in places if place], -label if eraser else label)

    def change(self) -> bool:
        """Draw until something is another than before: a stroke may also lie on its like, or erase where nothing is.

        False where the password was asked for first: what is drawn over that question reaches nothing.
        """
        before = self.bench.room.voxels()
        while self.bench.room.voxels() == before:
            expected = dict(self.expected)
            self.stroke(erase=False)
            if self.bench.person.by("sign-in-password").count() and self.bench.room.voxels() == before:
                self.expected = expected
                return False
        return True

    def _expect(self, places: list[tuple[int, ...]], label: int) -> None:
        def near(voxel: Index) -> bool:
            return any(distance_mm(voxel, place) < REACH_MM for place in between(places))

        self.expected = {voxel: value for voxel, value in self.expected.items() if not near(voxel)}
        i, j, k = self.bench.size_ijk
        inside = [place for place in places if 0 <= place[0] < i and 0 <= place[1] < j and 0 <= place[2] < k]
        self.expected.update({(place[0], place[1], place[2]): label for place in inside})

    def undone(self) -> None:
        """Draw a stroke and take it back, and half the time bring it again."""
        before, voxels = dict(self.expected), self.bench.room.voxels()
        self.stroke()
        if self.bench.room.voxels() == voxels:
            return  # it erased where nothing is: no step, and to take back would take back the one before
        after, drawn = dict(self.expected), self.bench.room.voxels()
        self.bench.room.page.keyboard.press("Control+z")
        assert self.bench.room.voxels() == voxels, "undo"
        if self.choice.random() < 0.5:
            self.bench.room.page.keyboard.press("Control+Shift+z")
            assert self.bench.room.voxels() == drawn, "redo"
            self.expected = after
        else:
            self.expected = before

    def answered(self) -> None:
        """Answer the question."""
        number = self.choice.choice((1, 2))
        self.bench.person.by(f"answer-quality-{number}").click()
        self.answer = {1: "good", 2: "poor"}[number]

    def some(self) -> None:
        """Draw one to three strokes, with an undo or an answer among them."""
        for _ in range(self.choice.randint(1, 3)):
            self.stroke()
        act = self.choice.random()
        if act < 0.2:
            self.undone()
        elif act < 0.5:
            self.answered()


def between(places: list[tuple[int, ...]]) -> list[tuple[float, ...]]:
    """Return points along the path, close enough to each other."""
    points: list[tuple[float, ...]] = [tuple(map(float, place)) for place in places[:1]]
    for one, other in itertools.pairwise(places):
        points += [tuple(a + (b - a) * step / 8 for a, b in zip(one, other, strict=True)) for step in range(1, 9)]
    return points


def distance_mm(voxel: Index, place: tuple[float, ...]) -> float:
    """Return the distance of two voxels given as (i, j, k)."""
    spacing = SPACING_KJI[::-1]
    return sum(((a - b) * mm) ** 2 for a, b, mm in zip(voxel, place, spacing, strict=True)) ** 0.5
