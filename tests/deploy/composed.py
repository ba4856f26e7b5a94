"""compose.yaml and the Dockerfile as Docker reads them: what runs in each service, with which environment."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "compose.yaml"
EXAMPLE = ROOT / ".env.example"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^{}]*))?\}")
SECONDS = re.compile(r"(\d+)s")


class Refused(ValueError):
    """Compose starts nothing: a value is missing, and the file says which."""


@dataclass(frozen=True)
class Service:
    """One container: what it runs, its check, and how many seconds it has to stop."""

    name: str
    argv: list[str]
    environ: dict[str, str]
    check: list[str]
    grace_s: float
    copied: list[str]
    """The files and folders of ours that its image has."""
    installed: list[str]
    """The extras of ours that its image installs."""


@dataclass(frozen=True)
class Image:
    """What one target of the Dockerfile says."""

    environ: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    cmd: list[str] = field(default_factory=list)
    check: list[str] = field(default_factory=list)
    user: str = "root"
    copied: list[str] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)


def example() -> dict[str, str]:
    """The values of .env.example."""
    return values_in(EXAMPLE.read_text())


def values_in(text: str) -> dict[str, str]:
    """The values of such a file, which are plain: no quotes, no variables."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def compose(values: Mapping[str, str]) -> dict[str, Any]:
    """The file with these values. Raises Refused with the file's own words."""

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found["name"], "")
        if not value and found["kind"] == ":?":
            raise Refused(f"{found['name']} {found['rest']}")
        return value or (found["rest"] or "")

    def filled(node: Any) -> Any:
        match node:
            case str():
                return VARIABLE.sub(value_of, node)
            case dict():
                return {key: filled(value) for key, value in node.items()}
            case list():
                return [filled(value) for value in node]
        return node

    read: dict[str, Any] = filled(yaml.safe_load(COMPOSE.read_text()))
    return read


def variables() -> set[str]:
    """The names that compose.yaml asks for."""
    return {found["name"] for found in VARIABLE.finditer(COMPOSE.read_text())}


def service(name: str, values: Mapping[str, str]) -> Service:
    """One that is built here: the image's own words, the service's over them."""
    said = compose(values)["services"][name]
    image = images()[said["build"]["target"]]
    (grace_s,) = SECONDS.fullmatch(said["stop_grace_period"]).groups()  # type: ignore[union-attr]
    return Service(
        name,
        argv=[*said.get("entrypoint", image.entrypoint), *said.get("command", image.cmd)],
        environ={**image.environ, **{key: str(value) for key, value in said["environment"].items()}},
        check=check_of(said),
        grace_s=float(grace_s),
        copied=image.copied,
        installed=image.installed,
    )


def check_of(said: Mapping[str, Any]) -> list[str]:
    """The command of a service's health check."""
    kind, *argv = said["healthcheck"]["test"]
    assert kind == "CMD"
    return list(argv)


def images() -> dict[str, Image]:
    """The targets of the Dockerfile by name."""
    made: dict[str, Image] = {}
    now, name = Image(), ""
    for line in (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            now = made.get(base, Image())
        elif word and word != "#":
            now = _with(now, word, rest.strip())
        made[name] = now
    return made


def _with(image: Image, word: str, rest: str) -> Image:
    match word:
        case "ENV":
            named = dict(part.split("=", 1) for part in shlex.split(rest))
            return replace(image, environ={**image.environ, **named})
        case "ENTRYPOINT":
            return replace(image, entrypoint=json.loads(rest), cmd=[])
        case "CMD":
            return replace(image, cmd=json.loads(rest))
        case "HEALTHCHECK":
            return replace(image, check=json.loads(rest.partition("CMD ")[2]))
        case "USER":
            return replace(image, user=rest)
        case "COPY":
            return replace(image, copied=[*image.copied, *rest.split()[:-1]])
        case "RUN":
            extras = re.findall(r"'\.\[([\w,]+)\]'", rest)
            return replace(image, installed=extras[-1].split(",") if extras else image.installed)
    return image
