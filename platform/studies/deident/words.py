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
_MONTHS = """
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec januar februar märz maerz mär mai juni juli oktober okt dezember dez janvier février
    fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre enero febrero marzo abril
    mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio
    settembre ottobre dicembre
"""
_MONTH = rf"(?:{'|'.join(_MONTHS.split())})(?![^\W\d_])"
_APART = r"[ ,./-]{0,3}(?:(?:of|de) )?"
_PATTERNS = (  # none of them looks at a letter more often than a few times, however long the text is
    re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"),  # e-mail
    re.compile(r"(?:https?|ftp|file)://\S+|\\\\\S+", re.IGNORECASE),
    re.compile(r"(?<![\d.])\d+(?:\.\d+){4,}(?![\d.])"),  # UIDs, addresses of machines, dotted dates with times
    re.compile(r"(?<!\d)(?:19|20)\d{2}[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?!\d{1,2}(?!\d))"),
    re.compile(r"(?<!\d)(?:19|20)\d{2}([-/.]) ?(?:0?[1-9]|1[0-2])\1 ?(?:0?[1-9]|[12]\d|3[01])(?!\d)"),  # 2020/1/5
    re.compile(r"(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}(?!\d)"),
    re.compile(r"(?<!\d)\d{1,2}\. ?\d{1,2}\. ?(?:19|20)\d{2}(?!\d)"),  # 5. 1. 2020
    re.compile(r"(?:19|20)\d{2} ?[年년](?: ?\d{1,2} ?[月월](?: ?\d{1,2} ?[日号號일])?)?"),
    re.compile(r"(?<!\d)\d{1,2} ?[月월] ?\d{1,2} ?[日号號일]"),
    re.compile(  # 12-JAN-20, 3rd of May 2021
        rf"(?<![^\W_])\d{{1,2}}(?:st|nd|rd|th)?{_APART}{_MONTH}{_APART}(?:19|20)?\d{{2}}(?!\d)", re.IGNORECASE
    ),
    re.compile(  # Jan 12, 2020; January 2020
        rf"(?<![^\W_]){_MONTH}{_APART}(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,./-]{{1,3}})?(?:19|20)\d{{2}}(?!\d)", re.IGNORECASE
    ),
    re.compile(rf"(?<!\d)(?:19|20)\d{{2}}{_APART}{_MONTH}{_APART}(?:\d{{1,2}}(?!\d))?", re.IGNORECASE),  # 2020 Jan 12
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
