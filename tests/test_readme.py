"""The README's file tree and pictures are what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
TOLD_AS_A_FOLDER = ("db/migrations/", "static/demo/", "tests/")


def tree() -> set[str]:
    """Every path that the README's tree names, from the root."""
    block = next(b for b in re.findall(r"```\n(.*?)```", README, re.DOTALL) if b.startswith("app/"))
    found, folder = set(), ""
    for line in block.splitlines():
        name = line.split()[0]
        folder = folder if line.startswith(" ") else name
        found.add(name if name == folder else folder + name)
    return found


def sources() -> set[str]:
    """Every file of ours that does something."""
    files = {
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "db", "sspcm", "static", "benchmarks")
        for kind in ("*.py", "*.js", "*.css")
        for path in (ROOT / folder).rglob(kind)
        if path.name != "__init__.py"
    }
    return {name for name in files if not name.startswith(TOLD_AS_A_FOLDER)}


def test_every_source_file_has_its_line_and_every_line_its_file() -> None:
    named = {name for name in tree() if not name.endswith("/")}
    assert named == sources()
    assert all((ROOT / name).is_dir() for name in tree() if name.endswith("/"))


def test_every_picture_and_page_that_is_linked_exists() -> None:
    linked = [path for path in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in path]
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_the_two_commands_come_first() -> None:
    first = next(b for b in re.findall(r"```\n(.*?)```", README, re.DOTALL))
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
