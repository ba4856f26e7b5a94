"""Imports go down, what people wait for starts without torch, and the tests mirror the tree."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from sspcm.ranking.inconsistency import mutual_oks

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "db", "sspcm")
NUMPY_HALF = [
    "config",
    "cutting",
    "evaluation.coco_figures",
    "evaluation.metrics",
    "fisheye",
    "formats.annotated",
    "formats.coco.reading",
    "formats.coco.writing",
    "images.reading",
    "lens_finding",
    "manifest",
    "pose_models.copies",
    "protocols.people",
    "ranking.ranking",
    "skeletons.skeleton",
]
"""The modules of `sspcm` that need NumPy only, as far as no other of them imports them."""
TESTED_ELSEWHERE = {
    "app/__main__.py": "its commands are tried as people type them: tests/app/test_main.py",
    "app/cli/": "every command is tried as people type it: tests/app/test_main.py, tests/app/cli",
    "app/contract/agreement.py": "types without logic, tried by the routes that answer with them",
    "app/contract/comparing.py": "types without logic, tried by what answers with them",
    "app/contract/dataset.py": "types without logic, tried by the routes that answer with them",
    "app/contract/figures.py": "types without logic, tried by the routes that answer with them",
    "app/contract/probes.py": "types without logic, tried by the routes that answer with them",
    "app/contract/simulation.py": "types without logic, tried by the routes that answer with them",
    "app/contract/sheet.py": "types without logic, tried by the routes that answer with them",
    "app/contract/workers.py": "types without logic, tried by the routes that answer with them",
    "app/rounds/errors.py": "names of errors",
    "app/web/asgi.py": "names of types",
    "app/web/door.py": "what both ways in share: tests/app/web/test_entrance.py",
    "app/web/link_entrance.py": "one of the ways in: tests/app/web/test_entrance.py",
    "app/web/opened.py": "a record that every test of a route opens",
    "app/web/pages/annotate.py": "one element on a page; tests/browser opens it",
    "app/web/pages/cameras.py": "one element on a page; tests/browser opens it",
    "app/web/pages/elements.py": "one line of Gradio for each element; tests/browser shows them",
    "app/web/pages/review.py": "one element on a page; tests/browser opens it",
    "app/web/pages/sheet.py": "one element on a page; tests/browser opens it",
    "app/web/pages/team.py": "one element on a page; tests/browser opens it",
    "db/clock.py": "it asks the clock",
    "db/errors.py": "names of errors",
    "db/records.py": "records without logic, tried by everything that reads them",
    "db/migrations/": "migrations are carried out by tests/db/store/test_migrating.py",
    "sspcm/commands/errors.py": "a list of errors",
    "sspcm/errors.py": "names of errors",
    "sspcm/formats/annotated.py": "one call and its refusal: tests/sspcm/commands/test_predict.py",
    "sspcm/images/limits.py": "numbers that tests/sspcm/images/test_reading.py holds images against",
    "sspcm/members.py": "names",
    "sspcm/round_folder.py": "names",
    "sspcm/skeletons/side_words.py": "lists of words that tests/sspcm/skeletons/test_sides.py pairs names by",
    "sspcm/synthetic/kernels.py": "it runs in warp alone: tests/sspcm/synthetic/test_trace.py looks at what it draws",
    "sspcm/synthetic/looks.py": "chance alone; tests/sspcm/synthetic/test_rooms.py looks at the rooms made of it",
    "sspcm/synthetic/patterns.py": "it runs in warp alone: tests/sspcm/synthetic/test_trace.py draws every pattern",
    "sspcm/synthetic/shell.py": "tests/sspcm/synthetic/test_rooms.py looks at the rooms that it encloses",
    "sspcm/synthetic/warp_words.py": "a name for what warp gives",
}
"""Modules and folders without a test file of their own name, and why."""
OF_NO_ONE_MODULE = {
    "tests/app/dataset/test_foreign_files.py": "files of other tools, imported and exported again",
    "tests/app/dataset/test_odd_files.py": "files that hardly are any, imported",
    "tests/app/dataset/test_round_trips.py": "whatever was imported comes out again",
    "tests/app/labelling/test_plans.py": "how the store looks up what each next and each accept asks",
    "tests/app/rounds/test_measured_apart.py": "nobody is learned from who measures, whatever happens in between",
    "tests/app/test_main.py": "app/__main__.py and the commands behind it",
    "tests/app/web/test_malformed.py": "whatever is malformed is refused and changes nothing, on every route of labels",
    "tests/app/web/test_roles.py": "every route for everybody who may ask",
    "tests/app/web/test_server_failing.py": "the whole server while its disk or its database fails",
    "tests/app/worker/test_other_versions.py": "what one version of the program began, another goes on with",
    "tests/app/worker/test_two_machines.py": "two machines with a home each, and one bucket",
    "tests/app/worker/test_outage.py": "the store itself goes away while a round runs",
    "tests/sspcm/training/test_other_versions.py": "what one version of the program began, another goes on with",
    "tests/db/test_durability.py": "what is answered as saved is on disk, in a process of its own",
    "tests/sspcm/test_upright_cases.py": "cases that the editor's JavaScript is held to as well",
}
"""Test files that are named by what they try, and not by a module."""


def test_every_import_contract_holds() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    "modules",
    [
        [f"sspcm.{name}" for name in NUMPY_HALF],
        ["db.pool.images", "db.labelling.labels", "db.labelling.queue", "db.rounds.rounds"],
        ["app.web.server"],
    ],
    ids=["numpy half", "db", "web"],
)
def test_importing_does_not_load_torch(modules: list[str]) -> None:
    assert "torch" not in loaded_by(modules)


def test_only_who_runs_pose_models_loads_onnxruntime() -> None:
    assert "onnxruntime" not in loaded_by(
        [
            "app.web.server",
            "app.cli.running",
            "app.dataset.importing",
            "db.rounds.prelabellings",
            "sspcm.ranking.ranking",
        ]
    )
    assert "onnxruntime" in loaded_by(["app.worker.process"])


def test_the_numpy_half_knows_no_store_and_no_web() -> None:
    loaded = loaded_by([f"sspcm.{name}" for name in NUMPY_HALF])
    assert not loaded & {"sqlalchemy", "gradio", "fastapi", "dbos", "db", "app"}


def test_the_axes_named_in_annotations_are_checked_while_tests_run() -> None:
    poses = np.zeros((2, 1, 17, 2))
    with pytest.raises(TypeCheckError, match="sigmas"):
        mutual_oks(poses, area=np.ones(1), sigmas=np.ones(14))


def test_every_module_has_its_test_file_or_a_reason_to_have_none() -> None:
    without = {str(module) for module in modules() if not mirror_of(module).exists()}
    unexplained = {module for module in without if not any(module.startswith(known) for known in TESTED_ELSEWHERE)}
    assert not unexplained, (
        f"add {', '.join(str(mirror_of(Path(m))) for m in sorted(unexplained))}, or say why not here"
    )
    needless = {known for known in TESTED_ELSEWHERE if not any(module.startswith(known) for module in without)}
    assert not needless, "these have their test files by now, or are gone"


def test_every_test_file_is_that_of_a_module_or_says_what_it_tries() -> None:
    of_modules = {mirror_of(module) for module in modules()}
    tests = {path.relative_to(ROOT) for kind in PACKAGES for path in (ROOT / "tests" / kind).rglob("test_*.py")}
    assert {str(path) for path in tests - of_modules} == set(OF_NO_ONE_MODULE)


def modules() -> list[Path]:
    """Our modules, from the root; a package's own file is its map."""
    found = [path.relative_to(ROOT) for kind in PACKAGES for path in (ROOT / kind).rglob("*.py")]
    return [path for path in found if path.name != "__init__.py"]


def mirror_of(module: Path) -> Path:
    return Path("tests", module.with_name(f"test_{module.name}"))


def loaded_by(modules: list[str]) -> set[str]:
    """The top-level modules that a fresh process holds after importing these."""
    code = f"import json, sys, {', '.join(modules)}; print(json.dumps([m.split('.')[0] for m in sys.modules]))"
    told = subprocess.run([sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return set(json.loads(told.stdout.splitlines()[-1]))
