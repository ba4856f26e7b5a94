"""The documents are true: links lead somewhere, paths exist, commands are spelled as the parsers have them.

README, the glossary and `docs/`. The log, the changelog and the decisions speak of the past, so that paths and commands
in them may be gone; links in the decisions still count.
"""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import build_parser as app_parser
from sspcm.commands.options import build_parser as sspcm_parser
from sspcm.config import RoundConfig

ROOT = Path(__file__).parents[1]
OURS = ("app/", "db/", "sspcm/", "static/", "tests/", "benchmarks/", "docs/", "findings/")
"""Where a path in a document begins, to be taken for one of ours."""
COLUMNS = 100
FENCE = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z]{2,}")

NOW = sorted(
    [ROOT / "README.md", ROOT / "CONTEXT.md", *(set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "log.md"})]
)
"""What speaks of today."""
LINKED = sorted([*NOW, *(ROOT / "docs" / "adr").glob("*.md"), ROOT / "findings" / "README.md"])
every_page = pytest.mark.parametrize("page", NOW, ids=lambda page: page.name)


# --- links and paths --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.name)
def test_every_link_and_picture_leads_to_something(page: Path) -> None:
    targets = [one or other for one, other in LINK.findall(prose(page))]
    assert [target for target in targets if "://" not in target and not leads_somewhere(page, target)] == []


@every_page
def test_every_path_in_the_text_exists(page: Path) -> None:
    paths = [span.split()[0] for span in spans(page) if span.startswith(OURS)]
    assert [path for path in paths if not any(ROOT.glob(PLACEHOLDER.sub("*", path).rstrip("/")))] == []


@every_page
def test_every_file_named_without_its_folder_exists(page: Path) -> None:
    names = {span for span in spans(page) if re.fullmatch(r"[\w/]+\.(py|js|css)", span)}
    known = [f"/{path.relative_to(ROOT)}" for path in our_files()]
    assert {name for name in names if not any(path.endswith(f"/{name}") for path in known)} == set()


def test_the_architecture_names_every_folder_of_the_code() -> None:
    named = set(spans(ROOT / "docs" / "architecture.md"))
    folders = {path.parent for path in our_files() if path.suffix in (".py", ".js", ".css")}
    ours = {f"{folder.relative_to(ROOT)}/" for folder in folders if folder.is_relative_to(ROOT / "static")}
    ours |= {f"{package.relative_to(ROOT)}/" for package in PACKAGES if len(package.relative_to(ROOT).parts) == 2}
    assert ours - named == set()


def test_the_modules_in_the_headings_of_the_method_exist() -> None:
    headings = "\n".join(line for line in (ROOT / "docs" / "method.md").read_text().splitlines() if line[:3] == "## ")
    names = [name for name in SPAN.findall(headings) if not name.startswith("config.")]
    assert len(names) > 10
    assert [name for name in names if not any((ROOT / "sspcm").glob(f"{name.rstrip('/')}*"))] == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / target).resolve() for page in NOW for target, _ in LINK.findall(prose(page))}
    assert {path for path in (ROOT / "docs" / "images").iterdir() if path.resolve() not in shown} == set()


PACKAGES = sorted(path.parent for name in ("app", "db", "sspcm") for path in (ROOT / name).rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.relative_to(ROOT).as_posix())
def test_the_docstring_of_a_package_is_the_map_of_its_folder(package: Path) -> None:
    written = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    lines = re.findall(r"^([\w/]+)  +\S", written, re.MULTILINE)
    modules = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    folders = [f"{path.name}/" for path in package.iterdir() if any(path.glob("*.py"))]
    assert sorted(lines) == sorted(modules + folders)


# --- commands ---------------------------------------------------------------------------------------------------------


@every_page
def test_every_command_is_spelled_as_its_parser_has_it(page: Path) -> None:
    assert {command: said for command in commands(page) if (said := what_is_wrong(command))} == {}


@every_page
def test_every_option_named_alone_is_one(page: Path) -> None:
    named = {span.split()[0] for span in spans(page) if re.match(r"--[a-z]", span)}
    known = {option for make in (app_parser, sspcm_parser) for option in options_of(make())}
    assert named - known == set()


@every_page
def test_every_setting_of_the_environment_is_read_somewhere(page: Path) -> None:
    named = set(re.findall(r"\bSSPCM_[A-Z_]+[A-Z]", page.read_text()))
    read = "\n".join(
        path.read_text() for path in our_files() if path.suffix == ".py" and path.is_relative_to(ROOT / "app")
    )
    assert {name for name in named if name not in read} == set()


@pytest.mark.parametrize(
    "command, wrong",
    [
        ("make dmo", "make has no target dmo"),
        ("python -P -m app exprot OUT", "app has no exprot"),
        ("python -P -m app round lunch", "app round has no lunch"),
        ("python -P -m app import frames/ --anotations x.json", "app import has no --anotations"),
        ("sspcm train --method sspmc", "app has no sspmc for --method"),
        ("sspcm train --set train.stepz=3", "no setting is named train.stepz"),
        ("python benchmarks/editr.py", "there is no benchmarks/editr.py"),
        ("python -m benchmarks.throughput --bacth 2", "benchmarks/throughput.py has no --bacth"),
    ],
)
def test_a_misspelt_command_is_noticed(command: str, wrong: str) -> None:
    assert what_is_wrong(command) == wrong.replace("app has no sspmc", "sspcm train has no sspmc")


# --- what the pages look like -----------------------------------------------------------------------------------------


@every_page
def test_lines_end_by_column_100_but_in_tables_code_and_links(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    free = ("|", "    ", "![", "[")
    long = [line for line in text.splitlines() if len(line) > COLUMNS and not line.startswith(free)]
    assert long == []


def test_the_readme_opens_with_the_two_commands_and_stays_short() -> None:
    text = (ROOT / "README.md").read_text()
    first = next(FENCE.finditer(text))[0].splitlines()[1:-1]
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]
    assert len(text[: text.index("```")].splitlines()) <= 12
    assert len(text.splitlines()) <= 140
    assert len(re.findall(r"!\[", text)) <= 4


def test_the_glossary_has_each_word_once() -> None:
    terms = re.findall(r"^\| \*\*(.+?)\*\* \|", (ROOT / "CONTEXT.md").read_text(), re.MULTILINE)
    assert len(terms) > 90
    assert sorted(terms) == sorted(set(terms))


# --- reading documents ------------------------------------------------------------------------------------------------


def prose(page: Path) -> str:
    """A page without its blocks of code and its code in the text."""
    return SPAN.sub("", FENCE.sub("", page.read_text()))


def spans(page: Path) -> list[str]:
    """The code in a page's text."""
    return [" ".join(span.split()) for span in SPAN.findall(FENCE.sub("", page.read_text()))]


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether a relative link's file exists, and its heading in there."""
    name, _, anchor = target.partition("#")
    path = page.parent / name if name else page
    return path.exists() and (not anchor or anchor in anchors(path))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def our_files() -> tuple[Path, ...]:
    """Every file of the folders that are ours."""
    return tuple(path for folder in OURS for path in (ROOT / folder).rglob("*") if path.is_file())


def commands(page: Path) -> Iterator[str]:
    """Every command line that a page shows, in blocks of code and in the text, without comments."""
    blocks = [block[0].replace("\\\n", " ") for block in FENCE.finditer(page.read_text())]
    lines = chain.from_iterable(block.splitlines() for block in blocks)
    for line in chain((re.sub(r"(^|\s)#.*", "", line).strip() for line in lines), spans(page)):
        for command in line.split(" && "):
            if is_command(command):
                yield command


def is_command(text: str) -> bool:
    """Whether this is a command of ours, or begins as one of the application's does: `round launch`."""
    if text.startswith(("make ", "python ", "sspcm ", "torchrun ")):
        return True
    first, *more = text.split() or [""]
    return first in subcommands(app_parser()) and bool(more) and not any(word in text for word in (":", "=", "'"))


def what_is_wrong(command: str) -> str:
    """Why this command cannot be run as it is written; "" if it can, or if it is none of ours."""
    words = [word.strip("[],") for word in shlex.split(command)]
    match words:
        case ["make", *targets]:
            return next((f"make has no target {t}" for t in targets if "=" not in t and t not in make_targets()), "")
        case ["python", "-P", "-m", "app", *more]:
            return wrong_in(app_parser(), "app", more)
        case ["python", "-m", "sspcm", *more] | ["sspcm", *more]:
            return wrong_in(sspcm_parser(), "sspcm", more)
        case ["torchrun", *more] if "sspcm" in more:
            return wrong_in(sspcm_parser(), "sspcm", more[more.index("sspcm") + 1 :])
        case ["python", "-m", module, *more] if module.startswith("benchmarks."):
            return wrong_in_script(f"{module.replace('.', '/')}.py", more)
        case ["python", script, *more] if script.endswith(".py"):
            return wrong_in_script(script, more)
        case [first, *_] if first in subcommands(app_parser()):
            return wrong_in(app_parser(), "app", words)
    return ""


def wrong_in(parser: argparse.ArgumentParser, name: str, words: list[str]) -> str:
    """The first word that the parser does not know. What it is given may be a placeholder."""
    known, value_of = options_at(parser), None
    for word in words:
        option, _, given = word.partition("=") if word.startswith("--") else (word, "", "")
        if value_of is not None and not word.startswith("--"):
            if value_of.choices and not {*word.split("|")} <= {"...", *map(str, value_of.choices)}:
                return f"{name} has no {word} for {value_of.option_strings[0]}"
            if value_of.dest == "set" and not is_setting(word):
                return f"no setting is named {word.partition('=')[0]}"
            value_of = None
        elif option.startswith("--"):
            if option not in known:
                return f"{name} has no {option}"
            value_of = None if given or known[option].nargs == 0 else known[option]
        elif inner := subcommands(parser):
            if word in ("...", "…") or PLACEHOLDER.fullmatch(word):
                return ""
            if word not in inner:
                return f"{name} has no {word}"
            parser, name = inner[word], f"{name} {word}"
            known = {**known, **options_at(parser)}
    return ""


def wrong_in_script(script: str, words: list[str]) -> str:
    """Whether a script is there, and has every option: each is a string in it."""
    if not (ROOT / script).exists():
        return f"there is no {script}"
    known = {node.value for node in ast.walk(ast.parse((ROOT / script).read_text())) if isinstance(node, ast.Constant)}
    return next((f"{script} has no {word}" for word in words if word.startswith("--") and word not in known), "")


def is_setting(assigned: str) -> bool:
    """Whether `train.steps=3` names a setting of a round or a training."""
    found: Any = RoundConfig()
    for name in assigned.partition("=")[0].split("."):
        if not hasattr(found, name):
            return PLACEHOLDER.fullmatch(name) is not None
        found = getattr(found, name)
    return True


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands, or the actions of a command, by name."""
    several = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(several[0].choices) if several else {}


def options_at(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """A parser's own options."""
    return {name: action for action in parser._actions for name in action.option_strings}


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Its options and those of all below it."""
    return {*options_at(parser), *chain.from_iterable(options_of(inner) for inner in subcommands(parser).values())}


@cache
def make_targets() -> frozenset[str]:
    """What `make` can be asked for."""
    return frozenset(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_each_promise_of_security_is_held_by_a_test_that_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`(?: `(test_\w+)`)?", (ROOT / "docs" / "security.md").read_text())
    assert len(named) > 25
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text(), f"{file} has no {test}"
