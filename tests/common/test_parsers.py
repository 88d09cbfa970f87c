"""Bodies of requests: what no database can hold is refused where it comes in."""

import io

import pytest
from rest_framework.exceptions import ParseError

from common.parsers import StorableJSONParser


def parse(text: str) -> object:
    return StorableJSONParser().parse(io.BytesIO(text.encode()), "application/json", {"encoding": "utf-8"})


def test_texts_of_all_writings_come_through() -> None:
    assert parse(r'{"王": ["Zoë", "\ud83d\ude00", "C:\\u0000", 1.5, null]}') == {
        "王": ["Zoë", "😀", r"C:\u0000", 1.5, None]
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (r'{"a": [{"b": "x\u0000"}]}', "null"),
        (r'{"a\u0000": 1}', "null"),
        (r'["\ud800"]', "surrogate"),
        ("[" * 100_000, "deeply"),
        ('{"a":' * 50_000, "deeply"),
        ("nul", "JSON"),
    ],
    ids=lambda text: text[:12],
)
def test_what_cannot_be_kept_is_refused_in_words(text: str, word: str) -> None:
    with pytest.raises(ParseError, match=word):
        parse(text)
