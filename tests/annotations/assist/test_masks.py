"""Taking a draft, against a slow and obvious reference."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.assist.masks import by_key, still_the_draft, take_draft
from annotations.marks.frames import decode_labels, encode_labels
from annotations.marks.types import FrameKey, FrameLabels

ROWS, COLUMNS = 2, 3
VALUES = frozenset({1, 2})  # what the model can draw; 3 is the reader's own

planes = st.lists(st.sampled_from([0, 1, 2, 3]), min_size=ROWS * COLUMNS, max_size=ROWS * COLUMNS)
drafted = st.lists(st.sampled_from([0, 1, 2]), min_size=ROWS * COLUMNS, max_size=ROWS * COLUMNS)


def frames(content: dict[int, list[int]], *, layer: int = 0) -> list[FrameLabels]:
    return [
        FrameLabels(
            key=FrameKey("1.2", number, layer),
            rows=ROWS,
            columns=COLUMNS,
            data=encode_labels(np.array(plane, dtype=np.uint8).reshape(ROWS, COLUMNS)),
        )
        for number, plane in content.items()
    ]


def values(found: list[FrameLabels], number: int) -> list[int]:
    frame = by_key(found).get(FrameKey("1.2", number))
    return decode_labels(frame.data, rows=ROWS, columns=COLUMNS).ravel().tolist() if frame else [0] * ROWS * COLUMNS


def apply(present: list[FrameLabels], changed: tuple[FrameLabels, ...]) -> list[FrameLabels]:
    return list({**by_key(present), **by_key(changed)}.values())


@given(
    st.dictionaries(st.integers(1, 4), drafted, max_size=4),
    st.dictionaries(st.integers(1, 4), planes, max_size=4),
)
def test_taking_a_draft(draft, present):
    proposed, drawn = frames(draft), frames(present)
    changed = take_draft(draft=proposed, present=drawn, values=VALUES)
    after = apply(drawn, changed)
    for number in range(1, 5):
        old, new = values(drawn, number), values(proposed, number)
        wanted = [d if d else (p if p not in VALUES else 0) for p, d in zip(old, new, strict=True)]
        assert values(after, number) == wanted
    assert take_draft(draft=proposed, present=after, values=VALUES) == ()  # taking it again changes nothing
    assert {frame.key for frame in changed} == {
        FrameKey("1.2", n) for n in range(1, 5) if values(after, n) != values(drawn, n)
    }
    # right after taking it the draft's own labels are exactly the draft's
    assert still_the_draft(changed=after, draft=by_key(proposed), values=VALUES)


def test_other_layers_stay():
    above = frames({1: [3, 3, 3, 3, 3, 3]}, layer=1)
    changed = take_draft(draft=frames({1: [1, 0, 0, 0, 0, 0]}), present=above, values=VALUES)
    assert [frame.key.layer for frame in changed] == [0]


def test_own_labels_do_not_make_a_draft_edited():
    draft = frames({1: [1, 1, 0, 0, 0, 0]})
    with_own = frames({1: [1, 1, 3, 0, 0, 0], 2: [3, 0, 0, 0, 0, 0]})
    assert still_the_draft(changed=with_own, draft=by_key(draft), values=VALUES)
    assert not still_the_draft(changed=frames({1: [1, 0, 0, 0, 0, 0]}), draft=by_key(draft), values=VALUES)
    assert not still_the_draft(changed=frames({2: [0, 2, 0, 0, 0, 0]}), draft=by_key(draft), values=VALUES)
