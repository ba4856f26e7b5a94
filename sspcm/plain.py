"""Frozen settings out of plain nested data, as TOML and JSON give it: every unknown key and misfit value is named."""

import dataclasses
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


class ConfigError(ValueError):
    """A setting that does not exist or cannot be."""


def require(holds: bool, wanted: str, found: object) -> None:
    """Raises ConfigError with both unless `holds`."""
    if not holds:
        raise ConfigError(f"{wanted}; found {found}.")


def build(kind: type[Kind], data: Any, *, what: str, where: str = "") -> Kind:
    """A dataclass of `kind` from nested plain data; keys left out keep their defaults.

    what: the whole, in words ("the round's settings"); where: the dotted path to this part. Raises ConfigError.
    """
    assert dataclasses.is_dataclass(kind)
    if not isinstance(data, dict):
        named = f"'{where.rstrip('.')}'" if where else what
        raise ConfigError(f"{named} must be a table of settings; found {data!r}.")
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    for key in data:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            hint = f"Did you mean '{where}{near[0]}'?" if near else f"There are: {', '.join(names)}."
            raise ConfigError(f"unknown setting '{where}{key}'. {hint}")
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
    if value in options:
        return str(value)
    near = get_close_matches(str(value), [str(option) for option in options], n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ConfigError(f"'{where}' must be one of {', '.join(map(repr, options))}; found {value!r}.{hint}")


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
        raise ConfigError(f"'{where}' must be a list of {_kind(options[0])}; found {value!r}.")
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ConfigError(f"'{where}' must be {wanted.__name__}; found {value!r} ({type(value).__name__}).")
    return value


def _kind(wanted: Any) -> str:
    options = get_args(wanted)
    return ", ".join(map(repr, options)) if options else str(wanted.__name__)
