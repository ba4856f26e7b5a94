"""Which keypoints are each other's left and right, told by their names alone.

A name is read as parts: a side ("left", "L", "izq"), other words, numbers. Two keypoints are a pair where taking the
other side in one name gives the other name, and where no third keypoint would do as well. Surer readings come first:
a side that is a word or a letter of its own (left_eye, LShoulder, wingL), then a letter glued to a body part (Lhip,
kneel), then what the list's other names make likely (LASI among LPSI, LKNE). What is not sure stays unpaired.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, product
from typing import Literal

from sspcm.skeletons.side_words import (
    BODY,
    GLUED_FIRST,
    GLUED_LAST,
    KNOWN,
    LETTERS,
    NEAR,
    NO_SIDE,
    PLAIN_SIDES,
    SHORT,
    WORD,
    Side,
)


@dataclass(frozen=True)
class _Reading:
    """A name read as one side of something: `rest` is the name with a mark for each side, `sides` those sides."""

    rest: str
    sides: tuple[Side, ...]

    def mirrored(self) -> "_Reading":
        return _Reading(self.rest, tuple("r" if side == "l" else "l" for side in self.sides))


@dataclass(frozen=True)
class _Option:
    """One way to read a part as a side: what stays of it, with a mark in the side's place."""

    rest: str
    side: Side


@dataclass(frozen=True)
class _Part:
    """A piece of a name: its plain text, and the ways to read it as a side (none for most)."""

    text: str
    options: tuple[_Option, ...] = ()
    is_word: bool = False


Read = Callable[[str], Iterable[_Reading]]


def mirror_by_name(keypoints: Sequence[str]) -> tuple[int, ...]:
    """Pairs left with right by their names, whatever the convention; the rest mirror onto themselves.

    The order of the keypoints does not matter. Where several keypoints could be the partner of one, none is.
    """
    partners = _pair_all(tuple(keypoints))
    return tuple(partners.get(i, (i, None))[0] for i in range(len(keypoints)))


def unpaired_sides(keypoints: Sequence[str], mirror: Sequence[int] | None = None) -> tuple[str, ...]:
    """The names that look like one side of something but have no partner in `mirror` (by default that by name)."""
    known = mirror_by_name(keypoints) if mirror is None else mirror
    return tuple(name for i, name in enumerate(keypoints) if known[i] == i and _looks_sided(name))


def sides_of(keypoints: Sequence[str], mirror: Sequence[int]) -> tuple[Literal["left", "right", "middle"], ...]:
    """Which side each keypoint is on; middle for one without partner, and for pairs whose names do not say."""
    partners = _pair_all(tuple(keypoints))
    found: list[Literal["left", "right", "middle"]] = []
    for i, name in enumerate(keypoints):
        partner, side = partners.get(i, (i, None))
        if mirror[i] != i and partner != mirror[i]:
            side = _only_side(name, keypoints[mirror[i]])
        found.append("middle" if mirror[i] == i or side is None else "left" if side == "l" else "right")
    return tuple(found)


def _only_side(name: str, partner: str) -> Side | None:
    """The side of a name whose partner is known otherwise than by name."""
    own, other = _first_sides(name), _first_sides(partner)
    if (own == {"l"} and other <= {"r"}) or (other == {"r"} and not own):
        return "l"
    if (own == {"r"} and other <= {"l"}) or (other == {"l"} and not own):
        return "r"
    return None


def _first_sides(name: str) -> set[Side]:
    for read in (_all_sides, _glued):
        sides = {reading.sides[0] for reading in read(name)}
        if sides:
            return sides
    return set()


@lru_cache(maxsize=16)  # a home asks for its own with every image
def _pair_all(keypoints: tuple[str, ...]) -> dict[int, tuple[int, Side | None]]:
    """Each keypoint's partner and own side, by the surest reading that gives it one."""
    names = dict(enumerate(keypoints))
    decided: dict[int, tuple[int, Side | None]] = {}
    sure = (_all_sides, _words_alone, _one_side, _letter_of_a_language, _glued)
    for read in (*sure, _by_convention(keypoints), _near_and_off(keypoints), _numbered(keypoints)):
        decided |= _pair({i: name for i, name in names.items() if i not in decided}, read)
    face = _pair_face({i: name for i, name in names.items() if decided.get(i, (i, None))[0] == i})
    return decided | {i: (partner, None) for i, partner in face.items()}


def _pair(names: dict[int, str], read: Read) -> dict[int, tuple[int, Side | None]]:
    """Partners among these names by one kind of reading; a keypoint that several claim becomes its own."""
    owners: defaultdict[_Reading, set[int]] = defaultdict(set)
    for i, name in names.items():
        for reading in read(name):
            owners[reading].add(i)
    claimed: defaultdict[int, dict[int, Side]] = defaultdict(dict)
    for reading, own in owners.items():
        for i in own:
            claimed[i] |= dict.fromkeys(owners.get(reading.mirrored(), set()) - {i}, reading.sides[0])
    decided: dict[int, tuple[int, Side | None]] = {}
    for i, others in claimed.items():
        if others:
            partner, side = next(iter(others.items()))
            is_sure = len(others) == 1 and set(claimed[partner]) == {i}
            decided[i] = (partner, side) if is_sure else (i, None)
    return decided


# --- readings, the surest first ---------------------------------------------------------------------------------


def _all_sides(name: str) -> Iterator[_Reading]:
    """Every side in the name at once: in a mirror, left_eye_left_corner is right_eye_right_corner."""
    parts = _parts(name)
    yield from _read(parts, [bool(part.options) for part in parts])


def _words_alone(name: str) -> Iterator[_Reading]:
    """The words, not the letters: left_l1 and right_l1."""
    parts = _parts(name)
    yield from _read(parts, [part.is_word for part in parts])


def _one_side(name: str) -> Iterator[_Reading]:
    """One side of several: R_arm_l and L_arm_l."""
    parts = _parts(name)
    sided = [part for part in parts if part.options]
    for chosen in sided if len(sided) <= _MOST_SIDES else ():
        yield from _read(parts, [part is chosen for part in parts])


def _letter_of_a_language(name: str) -> Iterator[_Reading]:
    """A first or last letter that means a side in the language of the body part beside it: épaule_g, ojo_d."""
    texts = [part.text for part in _parts(name)]
    for language, (left, right, body) in LETTERS.items():
        for place in {0, len(texts) - 1}:
            if body.intersection(texts) and texts[place] in (left, right):
                rest = _join([*texts[:place], _mark(language), *texts[place + 1 :]])
                yield _Reading(rest, ("l" if texts[place] == left else "r",))


def _glued(name: str) -> Iterator[_Reading]:
    """A letter that is glued to a body part: lhip, kneel, RANKLE, Lfrontpaw."""
    yield from _read_glued(name, _glued_options)


def _read_glued(name: str, options: Callable[[str], Iterable[_Option]]) -> Iterator[_Reading]:
    """Readings in which capitals do not divide the name."""
    parts = [_Part(run.lower(), tuple(options(run.lower()))) for run in _runs(name)]
    yield from _read(parts, [bool(part.options) for part in parts])


def _by_convention(names: Sequence[str]) -> Read:
    """A glued letter as the list's other names have it: LGTR among LASI and LPSI, rpin among rhip and rknee.

    It takes two pairs that are sure, or two of capitals alone, such as a marker set's.
    """
    styles: Counter[tuple[str, str]] = Counter()
    for read in (_glued, _capitals("first"), _capitals("last")):
        pairs = [(i, j) for i, (j, _) in _pair(dict(enumerate(names)), read).items() if j > i]
        styles.update(style for i, j in pairs for style in _styles(names[i]) & _styles(names[j]))
    common = {style for style, count in styles.items() if count >= 2}

    def read_by_style(name: str) -> Iterator[_Reading]:
        for end, _ in sorted(_styles(name) & common):
            yield from _read_glued(name, lambda run: _bare_options(run, end))  # noqa: B023  read at once

    return read_by_style


def _capitals(end: str) -> Read:
    """A letter before or after any capitals: LASI, RGTR, HNDL."""
    return lambda name: _read_glued(name, lambda run: _bare_options(run, end)) if name.isupper() else ()


def _near_and_off(names: Sequence[str]) -> Read:
    """A horse's near (left) and off (right) side: Nearfrontfoot, off_knee. Near and far are the camera's, no sides."""
    joined = ["".join(_runs(name)).lower() for name in names]
    is_horse = not any(name.startswith("far") or name.endswith("far") for name in joined)

    def read(name: str) -> Iterator[_Reading]:
        found = NEAR.fullmatch("".join(_runs(name)).lower())
        if is_horse and found:
            yield _Reading(found["part"], ("l" if found["side"] == "near" else "r",))

    return read


def _numbered(names: Sequence[str]) -> Read:
    """Names that count through the list (paw1LH, paw2LF, paw3RF, paw4RH) without their numbers."""
    numbers = [found.group() for found in (re.search(r"\d+", name) for name in names) if found]
    is_count = len(numbers) >= 3 and len(set(numbers)) == len(numbers)

    def read(name: str) -> Iterator[_Reading]:
        parts = [part for part in _parts(name) if not part.text.isdigit()]
        if is_count and len("".join(part.text for part in parts)) > 1:
            yield from _read(parts, [bool(part.options) for part in parts])

    return read


def _read(parts: Sequence[_Part], chosen: Sequence[bool]) -> Iterator[_Reading]:
    """Every reading of a name in which the chosen parts are sides and the others are not."""
    if not 0 < sum(chosen) <= _MOST_SIDES:
        return
    sides = [part.options for part, is_chosen in zip(parts, chosen, strict=True) if is_chosen]
    for options in product(*sides):
        rests = iter(options)
        texts = [next(rests).rest if is_chosen else part.text for part, is_chosen in zip(parts, chosen, strict=True)]
        yield _Reading(_join(texts), tuple(option.side for option in options))


def _join(texts: Iterable[str]) -> str:
    """One text; only numbers that stand side by side stay apart."""
    joined = ""
    for text in texts:
        joined += f"_{text}" if joined[-1:].isdigit() and text[:1].isdigit() else text
    return joined


_MOST_SIDES = 4
"""Names with more sides than this are not read: each may double the readings."""


# --- the parts of a name ----------------------------------------------------------------------------------------


def _parts(name: str) -> list[_Part]:
    """A name's parts where sides are words or letters of their own: separators, capitals and numbers divide it."""
    found: list[_Part] = []
    for run in _runs(name):
        if run.isdigit() or NO_SIDE.fullmatch(run.lower()):
            found.append(_Part(run.lower()))
            continue
        end = 0
        for word in WORD.finditer(run.lower()):
            found += _letters(run[end : word.start()])
            found.append(_side_word(word))
            end = word.end()
        found += _letters(run[end:])
    return found


def _runs(name: str) -> list[str]:
    """Letters and digits that stand together; accents of Latin, Greek and Cyrillic letters are taken off."""
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", name))
    kinds = groupby(unicodedata.normalize("NFC", plain), lambda char: _KIND.get(unicodedata.category(char)[0], ""))
    return [run for kind, chars in kinds if kind and (run := "".join(chars))]


def _letters(run: str) -> Iterator[_Part]:
    """Divided at capitals: forelegL, LBigToe."""
    for piece in _CAMEL.findall(run):
        text = piece.lower()
        if text in SHORT:
            family, side = SHORT[text]
            yield _Part(text, (_Option(_mark(family), side),))
        else:
            yield _Part(text, tuple(_code_options(text)))


def _side_word(word: re.Match[str]) -> _Part:
    family, side = str(word.lastgroup)[:-2], str(word.lastgroup)[-1]
    return _Part(word.group(), (_Option(_mark(family), "l" if side == "l" else "r"),), is_word=True)


def _code_options(text: str) -> Iterator[_Option]:
    """Two letters, one of them a side: LF and RF, FL and FR, the corners TL and TR."""
    if re.fullmatch("[lr][fhbmrtul]", text):
        yield _Option(_mark("l") + text[1], "l" if text[0] == "l" else "r")
    if re.fullmatch("[fhbmrtul][lr]", text):
        yield _Option(text[0] + _mark("l"), "l" if text[1] == "l" else "r")


def _glued_options(run: str) -> Iterator[_Option]:
    """Readings of letters as a side and a body part."""
    for pattern in (GLUED_FIRST, GLUED_LAST):
        found = pattern.fullmatch(run)
        if found:
            yield _Option(f"{found['before']}{_mark('l')}{found['after']}", "l" if found["side"][0] == "l" else "r")


def _bare_options(run: str, end: str) -> Iterator[_Option]:
    """A first or last letter as a side, whatever else the run says, unless it is a word that is known."""
    letter, rest = (run[:1], run[1:]) if end == "first" else (run[-1:], run[:-1])
    if letter in ("l", "r") and len(rest) > 1 and run not in KNOWN and not BODY.fullmatch(run):
        mark = _mark("l")
        yield _Option(mark + rest if end == "first" else rest + mark, "l" if letter == "l" else "r")


def _styles(name: str) -> set[tuple[str, str]]:
    """How a glued side would be written in the name: at which end of its first run of letters, in which case."""
    run = next((run for run in _runs(name) if not run.isdigit()), "").lower()
    ends = [end for end, letter in (("first", run[:1]), ("last", run[-1:])) if letter in ("l", "r")]
    case = "upper" if name.isupper() else "lower" if name.islower() else "title"
    return {(end, case) for end in ends}


def _mark(family: str) -> str:
    """What stands in a side's place; words of one language, and letters, only go together among themselves."""
    return f"<{family}>"


def _looks_sided(name: str) -> bool:
    """Whether a person would expect a partner: a side of its own, or one glued to a body part, beside other letters."""
    parts = _parts(name)
    has_more = any(not part.options and not part.text.isdigit() for part in parts)
    if any(part.is_word for part in parts):
        return has_more and all(BODY.fullmatch(text) for text in _beside_words(name))
    if any(part.text in PLAIN_SIDES for part in parts):
        return has_more
    return name.lower() not in KNOWN and any(True for _ in _glued(name))


def _beside_words(name: str) -> list[str]:
    """What is glued to the side words of a name, lower case: "paw" of leftpaw, "b" of bright."""
    found: list[str] = []
    for run in _runs(name):
        pieces = [piece.lower() for piece in _CAMEL.findall(run)]
        glued = [piece for piece in pieces if WORD.search(piece) and piece.isascii()]
        found += [text for piece in glued for text in WORD.sub(" ", piece).split()]
    return found


# --- the face ---------------------------------------------------------------------------------------------------


def _pair_face(names: dict[int, str]) -> dict[int, int]:
    """The 68 points of a face (300-W, COCO-WholeBody) by their published mirror table, where all 68 are there.

    They are known by a name with "face" in it and one number, 0 to 67 or 1 to 68.
    """
    faces: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for i, name in names.items():
        found = re.fullmatch(r"(\D*face\D*)(\d{1,2})(\D*)", name, re.IGNORECASE)
        if found:
            faces[f"{found[1]} {found[3]}"][int(found[2])] = i
    mirror: dict[int, int] = {}
    for places in faces.values():
        first = min(places)
        if sorted(places) == list(range(first, first + len(_FACE))) and first in (0, 1):
            mirror |= {places[first + a]: places[first + b] for a, b in enumerate(_FACE)}
    return mirror


# jaw, brows, bridge of the nose, nostrils, left eye, right eye, outer lips, inner lips
_FACE = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
)  # fmt: skip

_ACCENT = re.compile("[\u0300-\u036f]")
_CAMEL = re.compile("[A-Z]+(?![a-z])|[A-Z][^A-Z]*|[^A-Z]+")
_KIND = {"L": "letters", "M": "letters", "N": "digits"}
