"""Where starting weights lie, and that a round says which are gone."""

from pathlib import Path

import pytest

from app.rounds.errors import LearningError
from app.rounds.weights import weights_folder
from sspcm.config import DEMO_WEIGHTS, ModelConfig, RoundConfig
from tests.app.rounds.round_home import Home


def test_starting_weights_that_are_gone_when_the_round_begins_are_named(home: Home, tmp_path: Path) -> None:
    home.add("a.jpg", home.labelled())
    with pytest.raises(LearningError, match=r"nowhere', which is no folder and no file any more"):
        home.freeze(RoundConfig(model=ModelConfig(weights=str(tmp_path / "nowhere"))))


def test_weights_are_random_published_the_demos_or_a_folder(tmp_path: Path) -> None:
    assert weights_folder(ModelConfig(weights="random")) is None
    assert weights_folder(ModelConfig(weights="demo")) == DEMO_WEIGHTS
    assert weights_folder(ModelConfig(weights=str(tmp_path))) == tmp_path
    (tmp_path / "resnet18.pth").touch()
    for published in ("imagenet", "timm:resnet18.gluon_in1k", str(tmp_path / "resnet18.pth")):
        assert weights_folder(ModelConfig(weights=published)) is None
    assert DEMO_WEIGHTS.parts[-3:] == ("static", "demo", "weights")
