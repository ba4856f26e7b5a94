"""What is wrong in a file, said once for each cause: how often, and where first."""

from dataclasses import dataclass, field
from typing import Any

from sspcm.formats.plain_values import unfit


@dataclass
class _Cause:
    kind: str
    where: str
    said: str
    count: int


@dataclass
class Complaints:
    """Gathers complaints while a file is read. `losses` are those that cost an image, or somebody's keypoints."""

    _causes: dict[object, _Cause] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)

    def add(self, where: str, said: str, *, cause: object = None, kind: str = "annotation", lost: bool = False) -> None:
        """Of one entry, named by `where`. cause: what all alike have in common; None takes the words themselves."""
        key = (kind, said if cause is None else cause)
        known = self._causes.get(key)
        if known is not None:
            known.count += 1
            return
        self._causes[key] = _Cause(kind, where, said, 1)
        if lost:
            self.losses.append(f"{where}: {said}")

    def say(self, said: str) -> None:
        """Of the file as a whole."""
        self._causes.setdefault(("file", said), _Cause("", "", said, 1))

    def told(self) -> tuple[str, ...]:
        """One line for each cause, in the order they were met."""
        return tuple(map(_tell, self._causes.values()))


def counted(count: int, noun: str) -> str:
    """ "1 person", "2 persons"; of a noun of several words, the first that is given in the plural by `s`.

    >>> counted(2, "file of the folder"), counted(1, "box"), counted(0, "box")
    ('2 files of the folder', '1 box', '0 boxes')
    """
    first, _, rest = noun.partition(" of ")
    plural = f"{first}{'es' if first.endswith(('x', 's', 'ch', 'sh')) else 's'}"
    return f"{count} {first if count == 1 else plural}{f' of {rest}' if rest else ''}"


def _tell(cause: _Cause) -> str:
    if not cause.where:
        return cause.said
    if cause.count == 1:
        return f"{cause.where}: {cause.said}"
    return f"{cause.count} {cause.kind}s, {cause.where} first: {cause.said}"


def carried(fields: dict[str, Any], where: str, complaints: Complaints, *, kind: str = "annotation") -> dict[str, Any]:
    """The fields without those that neither JSON nor a store can carry; each such field is complained of."""
    kept = {}
    for key, value in fields.items():
        why = unfit(value)
        if why is None:
            kept[key] = value
        else:
            complaints.add(where, f"its field {key!r} {why}; the field is left out.", cause=(key, why), kind=kind)
    return kept
