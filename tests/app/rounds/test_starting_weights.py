"""Which weights may be named, and that a refusal tells nothing of the server's files."""

from pathlib import Path

import pytest

from app.home.model_files import ModelFiles
from app.rounds.starting_weights import given_on_the_command_line, located, names_in, require_named
from sspcm.config import ConfigError, ModelConfig, RoundConfig
from tests.onnx_files import movenet


def naming(weights: str, field: str = "weights") -> RoundConfig:
    return RoundConfig(model=ModelConfig(**{field: weights}))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "weights" / "mine").mkdir(parents=True)
    (tmp_path / "home" / "weights" / "resnet18.pth").touch()
    (tmp_path / "home" / "secret.json").write_text("{}")
    (tmp_path / "outside.pth").touch()
    return tmp_path / "home"


@pytest.mark.parametrize("weights", ["random", "imagenet", "demo", "timm:resnet18.gluon_in1k", "mine", "resnet18.pth"])
def test_what_a_page_may_name(weights: str, home: Path) -> None:
    require_named(naming(weights), home)


@pytest.mark.parametrize("field", ["weights", "weights_b", "weights_c"])
def test_a_path_and_a_missing_name_are_refused_in_the_same_words(field: str, home: Path) -> None:
    outside = home.parent / "outside.pth"
    tricks = [
        *("/etc/passwd", "/nowhere", str(outside), str(home / "weights" / "mine"), "/dev/zero", "/proc/self/environ"),
        *("../secret.json", "../outside.pth", "mine/../../secret.json", "mine/../mine", "./mine", "..", "."),
        *("~/x", "~root", "C:\\x", "..\\x", "none", "weights/mine", "file:///etc/passwd", ".hidden", "//etc/passwd"),
        *("models/../weights/mine", "models/nobody", "rounds/0001/../../secret.json", "rounds/0007", "rounds/1"),
    ]
    for trick in tricks:
        with pytest.raises(ConfigError) as refused:
            require_named(naming(trick, field), home)
        wanted = (
            f"model.{field} is {trick[:80]!r}; wanted random, imagenet, demo, rounds/NUMBER, a pose model, or a name "
            "in the home's folder weights/ (there are: mine, resnet18.pth). Name one of these, or have it put there."
        )
        assert str(refused.value) == wanted


def test_a_home_without_the_folder_gets_it(tmp_path: Path) -> None:
    assert names_in(tmp_path) == [] and (tmp_path / "weights").is_dir()


def test_a_name_becomes_its_path_for_the_trainer_and_a_built_in_one_stays(home: Path) -> None:
    model = located(ModelConfig(weights="mine", weights_b="resnet18.pth", weights_c="imagenet"), home)
    assert model.weights == str(home / "weights" / "mine")
    assert model.weights_b == str(home / "weights" / "resnet18.pth")
    assert model.weights_c == "imagenet"


def test_the_command_line_takes_any_path_and_makes_it_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.parent)
    config = given_on_the_command_line(naming("outside.pth"), home)
    assert config.model.weights == str(home.parent / "outside.pth")
    assert given_on_the_command_line(naming("mine"), home) == naming("mine")
    with pytest.raises(ConfigError, match=r"model\.weights_c is 'gone', but .*gone is no folder and no file"):
        given_on_the_command_line(naming("gone", "weights_c"), home)


def test_a_pose_model_goes_by_its_name_and_a_round_by_its_number(home: Path) -> None:
    (home.parent / "strong.onnx").write_bytes(movenet())
    sha256 = ModelFiles(home).keep(home.parent / "strong.onnx")
    for attempt in (1, 2, 3):
        (home / "rounds" / "0002" / f"attempt-{attempt}").mkdir(parents=True)
    finished = home / "rounds" / "0002" / "attempt-2"
    (finished / "model.json").write_text("{}")
    for name in ("models/strong", f"models/{sha256}", "rounds/0002"):
        require_named(naming(name), home)
    model = located(ModelConfig(weights="models/strong", weights_b=f"models/{sha256}", weights_c="rounds/0002"), home)
    assert model.weights == model.weights_b == str(home / "models" / f"{sha256}.onnx")
    assert model.weights_c == str(finished)
    assert given_on_the_command_line(naming("models/strong"), home) == naming("models/strong")
