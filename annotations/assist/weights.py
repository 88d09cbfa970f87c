"""Look into a weights file for what it would import, without loading it and without torch.

This is for a clear word when a bundle is registered. What protects is elsewhere: the engine reads weights with torch's
`weights_only` reader, which calls nothing but what rebuilds tensors.
"""

import pickletools
import zipfile
from pathlib import Path
from typing import IO

HARMLESS_MODULES = frozenset({"torch", "collections", "numpy", "_codecs"})
HARMLESS_BUILTINS = frozenset({"set", "frozenset", "bytearray", "int", "float", "complex", "bool", "str", "slice"})
MAX_PICKLE_BYTES = 64 << 20
"""The pickle in a file of `torch.save` holds names and sizes, not the numbers: a few MiB at most."""
_PUSHES_TEXT = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"})
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})


def foreign_names(path: Path) -> list[str]:
    """Return what the pickles in a .pt file would import and that does not belong into weights, such as `os.system`.

    Parameters
    ----------
    path : Path
        A file of `torch.save`, in its zip form or the older one of several pickles in a row.

    Returns
    -------
    list of str
        Sorted; empty when there is nothing suspicious, and for a file that is no pickle (loading it says so).
    """
    names: set[str] = set()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".pkl") and entry.file_size > MAX_PICKLE_BYTES:
                    names.add("unknown (a pickle of more than 64 MiB)")
                elif entry.filename.endswith(".pkl"):
                    with archive.open(entry) as stream:
                        names |= _imports(stream)
    else:
        with path.open("rb") as stream:
            for _ in range(5):  # magic number, protocol, system, content, storage keys
                names |= _imports(stream)
    return sorted(name.replace(" ", ".") for name in names if not _is_harmless(name))


def _is_harmless(name: str) -> bool:
    module, _, what = name.partition(" ")
    if module in ("builtins", "__builtin__"):
        return what in HARMLESS_BUILTINS
    return module.split(".")[0] in HARMLESS_MODULES


def _imports(stream: IO[bytes]) -> set[str]:
    """Return "module name" of every global that one pickle names; reads to the pickle's end, or to where it breaks."""
    names: set[str] = set()
    memo: dict[int, str] = {}
    texts: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name in ("GLOBAL", "INST"):
                names.add(str(argument))
            elif opcode.name == "STACK_GLOBAL":
                names.add(" ".join(texts[-2:]) if len(texts) > 1 else "unknown")
            elif opcode.name in _PUSHES_TEXT:
                texts.append(str(argument))
            elif opcode.name == "MEMOIZE":
                memo[len(memo)] = texts[-1] if texts else ""
            elif opcode.name in _PUTS:
                memo[int(str(argument))] = texts[-1] if texts else ""
            elif opcode.name in _GETS:
                texts.append(memo.get(int(str(argument)), ""))
    except (ValueError, OverflowError, MemoryError):
        pass  # the end of the file, or no pickle (it may claim any length): whoever loads it says what is wrong
    return names
