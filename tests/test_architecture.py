"""Imports go down, and what people wait for starts without torch."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from sspcm.ranking.inconsistency import mutual_oks

ROOT = Path(__file__).parents[1]
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


def loaded_by(modules: list[str]) -> set[str]:
    """The top-level modules that a fresh process holds after importing these."""
    code = f"import json, sys, {', '.join(modules)}; print(json.dumps([m.split('.')[0] for m in sys.modules]))"
    told = subprocess.run([sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return set(json.loads(told.stdout.splitlines()[-1]))
