"""A COCO file's names of files, matched with the folder's, however they are written, where only one fits."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import unquote

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_DRIVE = re.compile(r"[A-Za-z]:(?=[/\\])")
_LOCAL_FILE = re.compile(r"[?&]d=([^&]+)")
"""How Label Studio names a file on its disk: /data/local-files/?d=images/a.jpg."""
_LOOKED_THROUGH = 20_000
"""Names among which a near one is looked for."""

Parts = tuple[str, ...]


@dataclass
class MatchedNames:
    """The folder's name for each name that fits one, and for the others the names that it might mean."""

    there: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def rewritten(self) -> dict[str, str]:
        """Names that the folder writes otherwise."""
        return {name: other for name, other in self.there.items() if name != other}


def match_names(wanted: Sequence[str], there: Collection[str]) -> MatchedNames:
    """Each name as it stands where the folder has it so; else by its last parts, without regard to how it is written.

    Case, Unicode's normal form, separators, percent signs, an address, and folders in front make no difference, unless
    several files fit: then one that is spelled the same goes first. Where several fit equally well, none is taken.
    Several names may mean the same file.
    """
    matched = MatchedNames()
    by_base: dict[str, list[tuple[Parts, str]]] = {}
    for name in there:
        parts = _fold(name)
        if parts:
            by_base.setdefault(parts[-1], []).append((parts, name))
    for name in dict.fromkeys(wanted):  # each once, in the file's order
        found = [name] if name in there else _fitting(name, by_base)
        if len(found) == 1:
            matched.there[name] = found[0]
        elif found:
            matched.unclear[name] = found
        else:
            matched.missing.append(name)
    return matched


def nearest(name: str, there: Iterable[str]) -> str | None:
    """The name most like this one, for a person to look at."""
    names = list(there)[:_LOOKED_THROUGH]
    parts = _fold(name)
    if not parts:
        return None
    by_base: dict[str, str] = {}
    by_stem: dict[str, str] = {}
    for other in names:
        base = (_fold(other) or ("",))[-1]
        by_base.setdefault(base, other)
        by_stem.setdefault(base.rpartition(".")[0], other)
    base = parts[-1]
    alike = by_base.get(base) or by_stem.get(base.rpartition(".")[0] or base)
    close = get_close_matches(base, by_base, n=1)
    return alike or (by_base[close[0]] if close else None)


def _fitting(name: str, by_base: Mapping[str, list[tuple[Parts, str]]]) -> list[str]:
    """The files that share the most last parts with the name, one of the two to its very beginning."""
    found: dict[str, int] = {}
    for parts in _readings(name):
        for others, there in by_base.get(parts[-1], []) if parts else []:
            shared = min(len(parts), len(others))
            if parts[-shared:] == others[-shared:]:
                found[there] = max(shared, found.get(there, 0))
    most = max(found.values(), default=0)
    alike = sorted(there for there, shared in found.items() if shared == most)
    spelled = [there for there in alike if any(_ends_alike(text, there) for text in _texts(name))]
    return spelled if len(spelled) == 1 else alike


def _ends_alike(name: str, other: str) -> bool:
    """Whether their last parts are the same to the letter."""
    parts, others = _parts(name), _parts(other)
    shared = min(len(parts), len(others))
    return parts[-shared:] == others[-shared:]


def _readings(name: str) -> list[Parts]:
    return list(dict.fromkeys(map(_fold, _texts(name))))


def _texts(name: str) -> list[str]:
    """What the name may mean: as it stands, without its address, with its percent signs read."""
    address = _ADDRESS.match(name)
    if address:
        texts = [name[address.end() :].split("?", 1)[0].split("#", 1)[0]]
    else:
        drive = _DRIVE.match(name)
        texts = [name[drive.end() :] if drive else name]
    local = _LOCAL_FILE.search(name)
    if local:
        texts.append(local[1])
    return texts + [unquote(text) for text in texts if "%" in text]


def _fold(name: str) -> Parts:
    """The parts of a path, written the one way."""
    # again: folding may take letters apart
    return tuple(unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold()) for part in _parts(name))


def _parts(name: str) -> Parts:
    """The folders of a path and its file, as they are written."""
    parts: list[str] = []
    for part in name.replace("\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return tuple(parts)
