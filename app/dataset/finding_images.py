"""Every file of a folder by its name from there: what is an image by its content, and what is passed by, and why."""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sspcm.formats.complaints import Complaints
from sspcm.images.kinds import HEAD, foreign_kind, image_kind

SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")
"""Files called so are images unless their content says otherwise; files called otherwise are asked first."""
_RAW = (".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".pef", ".srw", ".raf", ".raw")
"""Cameras' raw files: most are TIFFs that begin with a small copy of the photograph."""
_CLUTTER = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir"))
_WAYS = 8
"""By how many ways of links one folder may be reached."""


@dataclass
class Found:
    """Files by their names from the folder: images, and the others with what they are in words, "" where unknown."""

    images: dict[str, Path] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    """All of them."""


def find_images(
    folder: Path, complaints: Complaints, *, apart_from: Path | None = None, ours: Sequence[Path] = ()
) -> Found:
    """What lies in and below the folder, linked folders too. Complains of links that lead nowhere or in a circle.

    apart_from: the file of annotations, which is nobody's image. ours: folders that are not entered, wherever they lie:
    the home, whose images would come in a second time.
    """
    found = Found()
    own = None if apart_from is None else apart_from.resolve()
    for path in _walk(folder, complaints, frozenset(map(os.path.realpath, ours))):
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            _complain_of(path, name, complaints)
        elif path.resolve() != own:  # also where a link leads to it
            found.paths[name] = path
            _sort_in(path, name, found)
    return found


def tell_others(others: Mapping[str, str]) -> str | None:
    """One sentence about the files that are passed by, kind by kind; None where there are none."""
    if not others:
        return None
    kinds: dict[tuple[str, str], list[str]] = {}
    for name in sorted(others):
        kinds.setdefault((Path(name).suffix.lower(), others[name]), []).append(name)
    told = []
    for (suffix, kind), names in sorted(kinds.items(), key=lambda one: (-len(one[1]), one[0])):
        way_out = f": {kind}, convert to JPEG or PNG" if kind else ""
        told.append(f"{len(names)} {suffix or 'without a suffix'} ({names[0]!r} first{way_out})")
    more = f", and {len(told) - 6} kinds more" if len(told) > 6 else ""
    files = (
        "1 file of the folder is no image that is"
        if len(others) == 1
        else f"{len(others)} files of the folder are no images that are"
    )
    return f"{files} read here: {', '.join(told[:6])}{more}; passed by."


def is_clutter(name: str) -> bool:
    """Whether a file is one that systems leave behind everywhere, or hidden: nobody asks for those."""
    return any(part.startswith(".") or part.lower() in _CLUTTER for part in Path(name).parts)


def _walk(folder: Path, complaints: Complaints, ours: Collection[str]) -> Iterator[Path]:
    """Every file and whatever else is no folder; a folder that lies around itself is not entered again."""
    # of each folder, those around it: a circle, not a folder seen twice, is refused
    above = {str(folder): frozenset((os.path.realpath(folder),))}
    ways: Counter[str] = Counter()

    def refuse(error: OSError) -> None:
        where = f"folder {os.path.relpath(error.filename or folder, folder)!r}"
        complaints.add(where, f"cannot be opened ({error.strerror}); passed by.", kind="folder")

    for here, folders, files in os.walk(folder, followlinks=True, onerror=refuse):
        inside = above.pop(here)
        entered = []
        for name in sorted(folders):
            path = os.path.join(here, name)  # noqa: PTH118
            real = os.path.realpath(path)
            ways[real] += 1
            where = f"folder {os.path.relpath(path, folder)!r}"
            if real in ours:
                complaints.add(where, "is the home's own, which holds what was imported; passed by.", kind="folder")
            elif real in inside:
                complaints.add(where, "leads back to a folder around it; not entered again.", kind="folder")
            elif ways[real] > _WAYS:
                complaints.add(where, f"is reached by over {_WAYS} ways of links; passed by.", kind="folder")
            else:
                above[path] = inside | {real}
                entered.append(name)
        folders[:] = entered  # in place: os.walk goes where this list says
        yield from (Path(here) / name for name in files)


def _complain_of(path: Path, name: str, complaints: Complaints) -> None:
    if is_clutter(name):
        return
    if path.is_symlink():
        complaints.add(f"link {name!r}", "leads nowhere; passed by.", kind="link")
    else:
        complaints.add(f"{name!r}", "is no file that can be read; passed by.", kind="entry")


def _sort_in(path: Path, name: str, found: Found) -> None:
    suffix = path.suffix.lower()
    if path.name.startswith("._"):  # what macOS puts beside every file on a foreign disk
        return
    if suffix in SUFFIXES:
        found.images[name] = path
    elif not is_clutter(name):
        kind = _other_kind(path, suffix)
        if kind is None:
            found.images[name] = path
        else:
            found.others[name] = kind


def _other_kind(path: Path, suffix: str) -> str | None:
    """None for an image that is read here; else what it is, "" where nobody knows."""
    if suffix in _RAW:
        return "a camera's raw file"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        return f"cannot be opened ({error.strerror})"
    return None if image_kind(head) else (foreign_kind(head) or "")
