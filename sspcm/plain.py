"""Frozen settings out of plain nested data, as TOML and JSON give it: every unknown key and misfit value is named."""

import dataclasses
import reprlib
import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")
Size = TypeVar("Size", int, float, tuple[float, ...])
LIMITS = "limits"
LARGEST_FILE = 1_000_000
"""Bytes of a file of settings; the longest of ours has 3,000."""


class ConfigError(ValueError):
    """A setting that does not exist or cannot be."""


def require(holds: bool, wanted: str, found: object) -> None:
    """Raises ConfigError with both unless `holds`."""
    if not holds:
        raise ConfigError(f"{wanted}; found {short(found)}.")


def short(found: object) -> str:
    """A value as an error shows it: strings in quotes, and never more than a line of it."""
    if isinstance(found, int) and abs(found) >= 10**20:
        return f"a number of some {found.bit_length() * 3 // 10} digits"
    shown = reprlib.Repr()
    shown.maxstring = shown.maxother = 80
    return shown.repr(found)


def limited(default: Size, lowest: float, highest: float) -> Size:
    """A field of a settings dataclass that holds `default`, and must lie from `lowest` to `highest`, both included.

    Of a field with several values, each must. `require_limits` checks it.
    """
    made: Any = dataclasses.field(default=default, metadata={LIMITS: (lowest, highest)})
    return made  # type: ignore[no-any-return]  # a field stands for its value in a dataclass's body


def limits_of(kind: type) -> dict[str, tuple[float, float]]:
    """The lowest and highest value of each field that `limited` made."""
    return {f.name: f.metadata[LIMITS] for f in dataclasses.fields(kind) if LIMITS in f.metadata}


def require_limits(settings: Any, *, where: str = "") -> None:
    """Raises ConfigError for the first field outside the limits that its class states; where: its dotted path."""
    for name, (lowest, highest) in limits_of(type(settings)).items():
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            require(lowest <= one <= highest, f"{where}{name} must be from {lowest:,} to {highest:,}", one)


def require_text(value: str, *, where: str, most: int = 1000) -> None:
    """Raises ConfigError for a name or path that no file has: too long, or of characters that cannot be shown."""
    require(
        len(value) <= most and value.isprintable(),
        f"{where} must be printable, {most:,} characters long at most",
        value,
    )


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a file of settings. Raises ConfigError for what is no TOML, too long or too deep."""
    if len(text) > LARGEST_FILE:
        raise ConfigError(f"the settings have {len(text):,} characters; wanted {LARGEST_FILE:,} at most. Shorten them.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the settings are not TOML: {error}. Correct the line it names.") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits; tables in tables in tables
        raise ConfigError("the settings are not usable TOML: a number is too long, or values nest too deep.") from error


def build(kind: type[Kind], data: Any, *, what: str, where: str = "") -> Kind:
    """A dataclass of `kind` from nested plain data; keys left out keep their defaults.

    what: the whole, in words ("the round's settings"); where: the dotted path to this part. Raises ConfigError.
    """
    assert dataclasses.is_dataclass(kind)
    if not isinstance(data, dict):
        named = f"'{where.rstrip('.')}'" if where else what
        raise ConfigError(f"{named} must be a table of settings; found {short(data)}.")
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    for key in data:
        if key not in names:
            near = get_close_matches(str(key)[:80], names, n=1)
            hint = f"Did you mean '{where}{near[0]}'?" if near else f"There are: {', '.join(names)}."
            shown = str(key)[:80].encode("utf-8", "backslashreplace").decode()  # half a character can be a key in JSON
            raise ConfigError(f"unknown setting '{where}{shown}'. {hint}")
    given = {key: _value(hints[key], value, what=what, where=f"{where}{key}") for key, value in data.items()}
    needed = [
        f.name
        for f in dataclasses.fields(kind)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    missing = [name for name in needed if name not in given]
    if missing:
        raise ConfigError(f"the setting '{where}{missing[0]}' is missing; wanted it in {what}. Add it.")
    return kind(**given)


def recall(kind: type[Kind], data: Mapping[str, Any]) -> Kind:
    """A dataclass of `kind` as an earlier version stored it, whatever is refused today.

    Unknown keys are left out and nothing is checked: for telling what was, never for running it.
    """
    hints = get_type_hints(kind)
    made = object.__new__(kind)
    for f in dataclasses.fields(kind):  # type: ignore[arg-type]
        if dataclasses.is_dataclass(hints[f.name]):
            part = data.get(f.name)
            value: Any = recall(hints[f.name], part if isinstance(part, Mapping) else {})
        elif f.name in data:
            value = tuple(data[f.name]) if isinstance(data[f.name], list) else data[f.name]
        else:
            value = f.default if f.default is not dataclasses.MISSING else None
        object.__setattr__(made, f.name, value)
    return made


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested plain data with some entries replaced, table by table."""
    nested = {
        key: merged(below[key], value)
        for key, value in above.items()
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
    }
    return {**below, **above, **nested}


def choose(value: Any, options: Collection[str], *, where: str) -> str:
    """The value if it is one of the options. Raises ConfigError with the nearest one."""
    if isinstance(value, str) and value in options:
        return value
    near = get_close_matches(str(value)[:80], [str(option) for option in options], n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ConfigError(f"'{where}' must be one of {', '.join(map(repr, options))}; found {short(value)}.{hint}")


def _value(wanted: Any, value: Any, *, what: str, where: str) -> Any:
    if dataclasses.is_dataclass(wanted):
        assert isinstance(wanted, type)
        return build(wanted, value, what=what, where=f"{where}.")
    origin, options = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return choose(value, options, where=where)
    if type(None) in options:
        return None if value is None else _value(options[0], value, what=what, where=where)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_value(options[0], v, what=what, where=where) for v in value)
    if origin is tuple:
        raise ConfigError(f"'{where}' must be a list of {_kind(options[0])}; found {short(value)}.")
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        require(abs(value) < 1e300, f"'{where}' must be a number that a float can hold", value)
        return float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ConfigError(f"'{where}' must be {wanted.__name__}; found {short(value)} ({type(value).__name__}).")
    return value


def _kind(wanted: Any) -> str:
    options = get_args(wanted)
    return ", ".join(map(repr, options)) if options else str(wanted.__name__)
