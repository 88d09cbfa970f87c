"""Cleaning text: an allow-list of words for descriptions, and the removal of known identifiers from everything else."""

import re
from collections.abc import Set
from functools import cache
from pathlib import Path

REMOVED = "REMOVED"
_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])|\d+")
_HARMLESS = re.compile(
    r"\d{1,3}"  # series and slice numbers, thicknesses
    r"|\d{1,3}(?:mm|cm|ml|mg|kv|kvp|ma|mas|hz|mhz|min|sec|s|ms|t|d|x\d{1,3})"
    r"|[btw]\d{1,4}|[tpb]\d[a-z]{0,3}|[2-4]d|[a-z]\d{1,2}[a-z]?|\d{1,2}[a-z]",
    re.IGNORECASE,
)
_SAFE_VOCABULARY_MINIMUM = 3
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail
    re.compile(r"(?:https?|ftp|file)://\S+|\\\\\S+", re.IGNORECASE),
    re.compile(r"(?<![\d.])\d+(?:\.\d+){4,}(?![\d.])"),  # UIDs, addresses of machines, dotted dates with times
    re.compile(r"(?<!\d)(?:19|20)\d{2}[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?!\d{1,2}(?!\d))"),
    re.compile(r"(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}(?!\d)"),
    re.compile(
        r"(?<!\w)\d{1,2}[ -]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -,]*(?:19|20)?\d{2}(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"),  # times of day
)
_STANDARD_UID = "1.2.840.10008."


def _listed(name: str) -> set[str]:
    return set(Path(__file__).with_name(name).read_text(encoding="utf-8").split())


@cache
def vocabulary() -> frozenset[str]:
    """Return the words (lower case) that a cleaned description may hold.

    They come from the codes of PS3.16, without eponyms that are common names (names.txt), and from what protocols
    are called (vocabulary.txt). Any of them is dropped all the same where the instance itself names a person by it.
    """
    from pydicom.sr._concepts_dict import concepts

    words = _listed("vocabulary.txt")
    for schemes in concepts.values():
        for keyword in schemes:
            words.update(word.lower() for word in _CAMEL.findall(keyword) if len(word) >= _SAFE_VOCABULARY_MINIMUM)
    return frozenset(words) - _listed("names.txt")


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.casefold() for word in _TOKEN.findall(text)]


def identifying(text: str, *, shortest: int) -> set[str]:
    """Return the words of an identifying value that would give it away elsewhere.

    Words of the vocabulary stay out unless they are part of a person's name (`shortest` below 4 says so), and so do
    short numbers. Writing without spaces counts from two characters on.
    """
    found = set()
    for word in tokens(text):
        least = shortest if word.isascii() else 2
        if len(word) < least or (word.isdigit() and len(word) < 5):
            continue
        if shortest >= 4 and (word in vocabulary() or _HARMLESS.fullmatch(word)):
            continue
        found.add(word)
    return found


def clean_text(text: str, forbidden: Set[str]) -> str:
    """Return those words of a description that are known to be harmless, in order and as written."""
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    kept = [
        word
        for word in _TOKEN.findall(text)
        if word.casefold() not in forbidden and (word.casefold() in vocabulary() or _HARMLESS.fullmatch(word))
    ]
    return " ".join(kept)


def scrub_text(text: str, forbidden: Set[str]) -> str:
    """Return a text without known identifiers, dates, addresses and UIDs; the same object when it holds none."""
    cleaned = text
    for pattern in _PATTERNS:
        if pattern.search(cleaned):
            cleaned = pattern.sub(lambda match: _kept_uid(match.group()), cleaned)
    if not forbidden.isdisjoint(tokens(cleaned)):
        cleaned = _TOKEN.sub(lambda match: "" if match.group().casefold() in forbidden else match.group(), cleaned)
    if cleaned == text:
        return text
    return re.sub(r"\s{2,}", " ", cleaned).strip(" ^-_/")


def _kept_uid(found: str) -> str:
    return found if found.startswith(_STANDARD_UID) else ""
