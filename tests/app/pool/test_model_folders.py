"""A network's folder in place of an ONNX file: exported, run over the pool, and what the next round begins from."""

from pathlib import Path

import pytest

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFileError, ModelFiles
from app.pool.model_folders import ModelFolderError, as_model_file
from app.pool.prelabelling import open_model, prelabel
from app.rounds.starting_weights import located
from app.rounds.usual_settings import usual_settings
from db.store.session import Store
from sspcm.models.graphs import import_graphs
from sspcm.networks.vitpose import VitPoseGraph
from sspcm.vitpose_file import trains_from
from tests.app.pool.test_prelabelling import fill, frame
from tests.vitpose_folders import save_vitpose


@pytest.fixture(scope="module")
def vitpose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given") / "vitpose-tiny"
    save_vitpose(folder, size=(64, 64))
    return folder


def test_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "movenet.onnx").touch()
    with as_model_file(tmp_path / "movenet.onnx") as given:
        assert (given.path, given.name) == (tmp_path / "movenet.onnx", "movenet")


def test_a_vitposes_folder_predicts_the_pool_and_the_first_round_begins_from_it(
    store: Store, tmp_path: Path, vitpose: Path
) -> None:
    home = tmp_path / "home"
    files, models = ImageFiles(home), ModelFiles(home)
    fill(store, files, frame((120, 90)))
    with as_model_file(vitpose) as given:
        exported = given.path
        model = open_model(given.path, name=given.name)
        models.keep(given.path, name=given.name)
    assert not exported.parent.exists()
    assert prelabel(store, files, model).predicted == 1
    usual = usual_settings(store, home)
    assert (
        usual.told == "the preset 'imported' with vitpose-tiny" and usual.config.model.weights == "models/vitpose-tiny"
    )
    assert (usual.config.train.loss, usual.config.model.input_height) == ("heatmap", 64)
    graphs = import_graphs(located(usual.config.model, home))
    assert isinstance(graphs.first, VitPoseGraph) and graphs.first.info.name == "vitpose-tiny"
    (kept,) = models.newest_first()
    assert kept.sha256 == model.sha256 and trains_from(kept.path) == kept.trains_from != kept.path


def test_a_folder_given_twice_is_the_same_model(vitpose: Path) -> None:
    contents = []
    for _ in range(2):
        with as_model_file(vitpose) as given:
            contents.append(given.path.read_bytes())
    assert contents[0] == contents[1]


def test_a_folder_without_a_network_is_told_in_the_exports_own_words(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    with pytest.raises(ModelFolderError, match=r"model\.json.*wanted.*VitPose"), as_model_file(tmp_path / "frames"):
        pass


@pytest.mark.parametrize("name", ["vitpose-tiny", "movenet.onnx"])
def test_a_path_where_nothing_is_is_told_as_that(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(ModelFolderError, match=rf"there is nothing at .*{name}; wanted"),
        as_model_file(tmp_path / name),
    ):
        pass


def test_a_folder_cannot_be_called_like_a_rounds_network(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    with pytest.raises(ModelFileError, match="wanted a name of its own"), as_model_file(tmp_path / "A"):
        pass
