"""Clean the attributes of a data set, nested ones included, by the rules of a profile. No pixels are touched here."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import dictionary_has_tag, private_dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from studies.deident.elements import (
    BINARY_NUMBERS,
    BULK,
    DATES,
    DUMMY,
    TEXT,
    element_of,
    empty_of,
    is_prose,
    name_of,
    values_of,
    vr_of,
)
from studies.deident.iods import type_of
from studies.deident.rules import BASIC, DEFAULT, Action, Rules, is_described
from studies.deident.words import REMOVED, clean_text, identifying, scrub_text, tokens, vocabulary
from studies.types import DeidentificationOption as Option

STANDARD_UID = "1.2.840.10008."
STANDARD_SCHEMES = frozenset({"DCM", "SCT", "SRT", "SNM3", "LN", "UCUM", "RADLEX", "FMA", "NCIt", "BARI", "UMLS"})
CODING_SCHEME_UIDS = ("2.16.840.1.113883.6.", "1.2.840.10008", "1.2.840.113654.")
_CODING_SCHEME_TAGS = frozenset({0x0008010C, 0x00080117, 0x00080118, 0x0008010D})
_PSEUDONYM_TAGS = frozenset({0x00100010, 0x00100020})
_STRUCTURE = frozenset({0x0040A040, 0x0040A010, 0x0040A050, 0x0040A491, 0x0040A493, 0x0040A504, 0x00700003})
_FREE_TEXT = frozenset({0x0040A160, 0x00700006})
_NUMBER = re.compile(rb"[0-9eE+\-. \\\0]*")
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})(.*)", re.DOTALL)
_ENUMERATED = frozenset({0x00080060, 0x00280004, 0x00185100, 0x00080005})
"""Modality, photometric interpretation, patient position, character set: words of the standard."""
_CONTENT_LABEL = 0x00700080
"""The one code string that people write."""
_DROPPED_GROUPS = frozenset({0x0000, 0x0002, 0x0004, 0xFFFC, 0xFFFE})


@dataclass(frozen=True, slots=True)
class Identity:
    """What stands for a patient and their objects.

    Attributes
    ----------
    pseudonym : str
        The new Patient ID and name.
    shift_days : int
        By how many days dates move.
    uid : callable
        The UID that stands for an original one.
    words : frozenset of str
        Lower-case words that name the patient, as known from elsewhere.
    """

    pseudonym: str
    shift_days: int
    uid: Callable[[str], str]
    words: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cleaner:
    """Cleans one data set in place and counts what it did.

    Attributes
    ----------
    rules, identity
        What to do, and with which pseudonym, UIDs and shift.
    changes : Counter of (tag, action, rule)
        `tag` as (gggg,eeee); private ones and repeating groups as (gggg,xxxx).
    unreadable : int
        Attributes that were removed because their values cannot be read.
    """

    rules: Rules
    identity: Identity
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unreadable: int = 0
    _forbidden: frozenset[str] = frozenset()
    _naming: frozenset[str] = frozenset()
    _top: Dataset | None = None
    _sop_class: str = ""

    def clean(self, dataset: Dataset) -> None:
        """Clean a whole data set: first learn what identifies, then change."""
        found: set[str] = set(self.identity.words)
        self._gather(dataset, found)
        naming: set[str] = set(self.identity.words)
        self._gather(dataset, naming, described=False)
        self._forbidden, self._naming = frozenset(found), frozenset(naming)
        self._top, self._sop_class = dataset, str(dataset.get("SOPClassUID", "") or "").strip("\0 ")
        self._walk(dataset, "")

    def _gather(self, dataset: Dataset, found: set[str], *, described: bool = True) -> None:
        """Collect the words of names, IDs and places that are about to go; with `described`, of descriptions too."""
        for tag in list(dataset.keys()):
            vr = vr_of(dataset, tag)
            if tag.is_private or vr not in ("PN", "LO", "SH", "AE", "UC", "SQ"):
                continue
            try:
                element = element_of(dataset, tag)
            except Exception:  # noqa: BLE001, S112  # what cannot be read is removed below, and names nobody
                continue
            if element is None or not element.value:
                continue
            if vr == "SQ":
                for item in element.value:
                    self._gather(item, found, described=described)
                continue
            if not described and is_described(tag):
                continue
            action = self.rules.action_of(tag)
            if (action is not None and action[0] != Action.KEEP) or vr == "PN":
                for value in values_of(element):
                    found |= identifying(str(value), shortest=3 if vr == "PN" else 4)

    def _walk(self, dataset: Dataset, mode: str) -> None:
        """Clean every element; `mode` is "dummy" or "clean" inside a sequence that the table treats so."""
        self._private(dataset)
        for tag in list(dataset.keys()):
            if tag.is_private:
                continue
            if tag.group in _DROPPED_GROUPS or tag.element == 0:
                del dataset[tag]
                continue
            if tag.group & 0xFF00 in (0x5000, 0x6000):
                self._note(f"({tag.group:04X},xxxx)", Action.REMOVE, BASIC)
                del dataset[tag]
                continue
            try:
                self._one(dataset, tag, mode)
            except Exception:  # noqa: BLE001  # a value may break its VR in any way: what cannot be read does not stay
                self.unreadable += 1
                self._note(name_of(tag), Action.REMOVE, "unreadable")
                del dataset[tag]

    def _one(self, dataset: Dataset, tag: Any, mode: str) -> None:
        vr = vr_of(dataset, tag)
        kind = type_of(self._sop_class, tag) if dataset is self._top else ""  # in sequences: what fits every type
        ruled = self.rules.action_of(tag, kind)
        if ruled is not None and not (mode and self._free_text(dataset, tag, vr, mode)):
            self._apply(dataset, tag, vr, *ruled)
        elif ruled is None:
            self._default(dataset, tag, vr, mode)

    def _free_text(self, dataset: Dataset, tag: Any, vr: str, mode: str) -> bool:
        """Clean the text of a content item or a graphic: the table names the sequence, not what is in it."""
        if mode != "clean" or tag not in _FREE_TEXT or vr not in TEXT:
            return False
        option = Option.CLEAN_GRAPHICS if tag == 0x00700006 else Option.CLEAN_STRUCTURED
        self._set(dataset, tag, vr, self._cleaned(dataset, tag) or REMOVED, Action.CLEAN, option)
        return True

    def _apply(self, dataset: Dataset, tag: Any, vr: str, action: Action, rule: str) -> None:
        """Do what the table says."""
        if tag in _PSEUDONYM_TAGS and action in (Action.EMPTY, Action.DUMMY):
            self._set(dataset, tag, vr, self.identity.pseudonym, Action.PSEUDONYM, rule)
        elif action == Action.REMOVE:
            self._note(name_of(tag), action, rule)
            del dataset[tag]
        elif action == Action.EMPTY:
            self._set(dataset, tag, vr, Sequence([]) if vr == "SQ" else empty_of(vr), action, rule)
        elif action == Action.DUMMY:
            self._dummy(dataset, tag, vr, rule)
        elif action == Action.UID:
            self._uid(dataset, tag, vr, rule)
        elif action == Action.SHIFT:
            self._shift(dataset, tag, vr, rule)
        elif action == Action.CLEAN:
            self._clean(dataset, tag, vr, rule)
        elif vr == "SQ":  # kept sequences are cleaned inside (PS3.15 E.1.1)
            self._items(dataset, tag, "")
        else:
            self._note(name_of(tag), action, rule)

    def _default(self, dataset: Dataset, tag: Any, vr: str, mode: str) -> None:
        """Treat what the table does not name: known kinds of value stay without known identifiers, others go."""
        if vr == "SQ":
            self._items(dataset, tag, mode)
        elif vr == "UN" or not dictionary_has_tag(tag):
            self._note(name_of(tag), Action.REMOVE, DEFAULT)
            del dataset[tag]
        elif mode == "dummy" and vr not in BINARY_NUMBERS and vr not in BULK and tag not in _STRUCTURE:
            self._dummy(dataset, tag, vr, DEFAULT)
        elif vr == "UI":
            self._uid(dataset, tag, vr, DEFAULT)
        elif vr == "PN":
            self._set(dataset, tag, vr, "", Action.EMPTY, DEFAULT)
        elif vr in DATES:
            action, rule = self.rules.dates()
            self._apply(dataset, tag, vr, action, rule)
        elif vr == "AS" and Option.RETAIN_PATIENT not in self.rules.options:
            self._set(dataset, tag, vr, "", Action.EMPTY, DEFAULT)
        elif vr in TEXT or vr == "CS":
            self._scrub(dataset, tag, vr, mode)
        elif vr in ("DS", "IS"):
            self._number(dataset, tag)

    def _number(self, dataset: Dataset, tag: Any) -> None:
        raw = dataset.get_item(tag)
        value = getattr(raw, "value", None)
        if isinstance(raw, RawDataElement):
            if value is not None and not _NUMBER.fullmatch(value):
                raise ValueError("not a number")
            text = (value or b"").decode("ascii").strip(" \0")
        else:
            text = str(value)
        if text in self._forbidden:  # a number that is also somebody's ID
            self._set(dataset, tag, vr_of(dataset, tag), "0", Action.DUMMY, DEFAULT)

    def _scrub(self, dataset: Dataset, tag: Any, vr: str, mode: str) -> None:
        """Take known identifiers out of a text; under "clean", let only harmless words stay unless a code says it."""
        element = element_of(dataset, tag)
        if element is None or element.value in (None, ""):
            return
        values = [str(value) for value in values_of(element)]
        coded = str(dataset.get("CodingSchemeDesignator", "")) in STANDARD_SCHEMES
        local_meaning = tag == 0x00080104 and not coded  # free text, as the meaning of a standard's code is not
        inside = mode == "clean" and vr in TEXT and tag.group != 0x0008
        prose = is_prose(tag) and (vr != "CS" or tag == _CONTENT_LABEL)
        if local_meaning or inside or prose:
            done = [clean_text(value, self._forbidden) or REMOVED for value in values]
        elif vr == "CS":
            done = values if tag in _ENUMERATED else [self._token(value) for value in values]
        else:
            done = [scrub_text(value, self._forbidden) or (REMOVED if value else "") for value in values]
        if done != values:
            self._set(dataset, tag, vr, done if len(done) > 1 else done[0], Action.CLEAN, DEFAULT)

    def _token(self, value: str) -> str:
        if all(word in vocabulary() for word in tokens(value)):
            return value
        return scrub_text(value, self._naming)

    def _cleaned(self, dataset: Dataset, tag: Any) -> str:
        element = element_of(dataset, tag)
        values = [] if element is None or element.value is None else values_of(element)
        return " ".join(filter(None, (clean_text(str(value), self._forbidden) for value in values)))

    def _clean(self, dataset: Dataset, tag: Any, vr: str, rule: str) -> None:
        """Replace by a value of like meaning that is known to be harmless (action C)."""
        if vr == "SQ":
            self._note(name_of(tag), Action.CLEAN, rule)
            self._items(dataset, tag, "clean")
        elif vr in TEXT or vr == "CS":
            self._set(dataset, tag, vr, self._cleaned(dataset, tag) or REMOVED, Action.CLEAN, rule)
        elif vr == "PN":
            self._set(dataset, tag, vr, REMOVED, Action.DUMMY, rule)
        elif vr in BINARY_NUMBERS or vr in ("DS", "IS"):
            self._note(name_of(tag), Action.KEEP, rule)
        elif vr in DATES:
            self._dummy(dataset, tag, vr, rule)
        elif vr == "UI":
            self._uid(dataset, tag, vr, rule)
        else:
            self._note(name_of(tag), Action.REMOVE, rule)
            del dataset[tag]

    def _dummy(self, dataset: Dataset, tag: Any, vr: str, rule: str) -> None:
        if vr == "SQ":
            self._note(name_of(tag), Action.DUMMY, rule)
            self._items(dataset, tag, "dummy")
        elif vr == "UI":
            self._uid(dataset, tag, vr, rule)
        else:
            self._set(dataset, tag, vr, DUMMY[vr], Action.DUMMY, rule)

    def _uid(self, dataset: Dataset, tag: Any, vr: str, rule: str) -> None:
        if vr == "SQ":
            self._items(dataset, tag, "")
            return
        if vr != "UI":
            self._note(name_of(tag), Action.REMOVE, rule)
            del dataset[tag]
            return
        element = element_of(dataset, tag)
        values = (
            [str(value).strip("\0 ") for value in values_of(element)] if element is not None and element.value else []
        )
        if tag in _CODING_SCHEME_TAGS:
            kept = [value for value in values if value.startswith(CODING_SCHEME_UIDS)]
            if kept != values:
                self._set(dataset, tag, vr, kept, Action.EMPTY, rule)
            return
        done = [value if not value or value.startswith(STANDARD_UID) else self.identity.uid(value) for value in values]
        if done != values:
            self._set(dataset, tag, vr, done if len(done) > 1 else done[0], Action.UID, rule)

    def _shift(self, dataset: Dataset, tag: Any, vr: str, rule: str) -> None:
        if vr == "SQ":
            self._items(dataset, tag, "")
        elif vr == "TM":  # whole days: the time of day stays, and so do intervals
            self._note(name_of(tag), Action.KEEP, rule)
        elif vr in ("DA", "DT"):
            element = element_of(dataset, tag)
            values = [str(value) for value in values_of(element)] if element is not None and element.value else []
            done = [self._shifted(value) or DUMMY[vr] for value in values]
            self._set(dataset, tag, vr, done if len(done) > 1 else "".join(done), Action.SHIFT, rule)
        else:
            basic = Rules().action_of(tag) or (Action.REMOVE, BASIC)
            self._apply(dataset, tag, vr, basic[0], rule)

    def _shifted(self, value: str) -> str:
        """Return a date, or a moment that begins with one, moved; empty when it is none."""
        match = _DATE.fullmatch(value.strip())
        if match is None:
            return ""
        try:
            moved = dt.date(*(int(part) for part in match.groups()[:3])) + dt.timedelta(days=self.identity.shift_days)
        except (ValueError, OverflowError):
            return ""
        return f"{moved:%Y%m%d}".rjust(8, "0") + match.group(4)

    def _items(self, dataset: Dataset, tag: Any, mode: str) -> None:
        for item in dataset[tag].value or ():
            self._walk(item, mode)

    def _private(self, dataset: Dataset) -> None:
        """Remove private attributes, but for those of the allow-list whose creator says so."""
        tags = [tag for tag in list(dataset.keys()) if tag.is_private]
        kept: set[int] = set()
        for tag in tags:
            creator_tag = (tag.group << 16) | (tag.element >> 8)
            if tag.element < 0x1000 or creator_tag not in dataset:
                continue
            creator = str(dataset[creator_tag].value or "").strip()
            if self.rules.is_allowed(creator, tag.group, tag.element) and self._plain(dataset, tag, creator):
                kept |= {int(tag), creator_tag}
        for tag in tags:
            if int(tag) in kept:
                if tag.element >= 0x1000:
                    self._note(f"({tag.group:04X},xxxx)", Action.KEEP, Option.RETAIN_SAFE_PRIVATE)
                continue
            self._note(f"({tag.group:04X},xxxx)", Action.REMOVE, BASIC)
            del dataset[tag]

    def _plain(self, dataset: Dataset, tag: Any, creator: str) -> bool:
        """Say whether a private value is of a kind that can be vouched for: a number, or text that is then cleaned."""
        vr = vr_of(dataset, tag)
        if vr == "UN":
            try:
                vr = private_dictionary_VR(tag, creator)
            except KeyError:
                return False
        if vr in BINARY_NUMBERS:
            return True
        if vr in ("DS", "IS"):
            raw = dataset.get_item(tag)
            value = getattr(raw, "value", None)
            return not isinstance(value, bytes) or bool(_NUMBER.fullmatch(value))
        if vr not in TEXT and vr != "CS":
            return False
        element = DataElement(tag, vr, "")
        known = element_of(dataset, tag)
        text = " ".join(str(value) for value in values_of(known)) if known is not None and known.value else ""
        element.value = clean_text(text, self._forbidden)
        dataset[tag] = element
        return True

    def _set(self, dataset: Dataset, tag: Any, vr: str, value: Any, action: Action, rule: str) -> None:
        dataset[tag] = DataElement(tag, vr, value)
        self._note(name_of(tag), action, rule)

    def _note(self, name: str, action: Action, rule: str) -> None:
        self.changes[name, str(action), str(rule)] += 1
