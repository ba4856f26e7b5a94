"""Which weights may be named, and that a refusal tells nothing of the server's files."""

from pathlib import Path

import pytest

from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.home.shared_files import bind, shared_files
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


def test_what_a_page_may_name_lies_on_any_machine_and_comes_when_a_round_begins_there(
    bucket_url: str, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for home in (one, two):
        bind(Settings(home, "postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    folder = "rounds/0003/attempt-2"
    files = {
        *("weights/mine/A.safetensors", "weights/resnet18.pth", "rounds/0003/attempt-1/model.json"),
        *(f"{folder}/{name}" for name in ("model.json", "A.safetensors", "imported.onnx")),
    }
    for name in (*files, f"{folder}/predictions.npz", f"{folder}/training.safetensors"):
        (one / name).parent.mkdir(parents=True, exist_ok=True)
        (one / name).write_text(name)
        shared_files(one).put(name)
    (tmp_path / "net.onnx").write_bytes(movenet())
    sha256 = ModelFiles(one).keep(tmp_path / "net.onnx")

    for name in ("mine", "resnet18.pth", "rounds/0003", "models/net"):
        require_named(naming(name), two)
    assert not (two / "rounds").exists(), "networks stay there until somebody begins from them"
    with pytest.raises(ConfigError, match=r"there are: mine, resnet18.pth, models/net"):
        require_named(naming("rounds/0007"), two)
    for weights in ("rounds/0003", "mine", "resnet18.pth"):
        located(ModelConfig(weights=weights), two)
    assert located(ModelConfig(weights="rounds/0003"), two).weights == str(two / folder)
    assert located(ModelConfig(weights="models/net"), two).weights == str(two / "models" / f"{sha256}.onnx")
    came = {path.relative_to(two).as_posix() for path in (*two.glob("rounds/**/*"), *two.glob("weights/**/*"))}
    assert {name for name in came if (two / name).is_file()} == files - {"rounds/0003/attempt-1/model.json"}
