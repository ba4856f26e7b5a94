"""The cut graphs that a training's imported networks are built on: kept beside the networks, so a folder needs no more.

A and C are built on one graph; B on the same, or on that of a second model that sees crops of the same size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sspcm.config import ModelConfig
from sspcm.errors import CheckpointError
from sspcm.members import LearnerName
from sspcm.method.trio import Builder
from sspcm.models.vitpose_folder import import_vitpose, is_vitpose
from sspcm.networks import BackboneError, PoseNetwork
from sspcm.networks.cut_graph import CutGraph, import_onnx2torch, read_cut_graph
from sspcm.networks.imported_network import ImportedNetwork, build_imported
from sspcm.networks.vitpose import VitPoseGraph, read_vitpose_graph
from sspcm.pose_models.layouts import PoseModelError
from sspcm.round_folder import GRAPH_FILE, SECOND_GRAPH_FILE, SECOND_VITPOSE_FILE, VITPOSE_FILE
from sspcm.skeletons.skeleton import find_keypoints
from sspcm.vitpose_file import SUFFIX as VITPOSE
from sspcm.whole_files import write_atomically

ONNX = ".onnx"
FIRST, SECOND = (GRAPH_FILE, VITPOSE_FILE), (SECOND_GRAPH_FILE, SECOND_VITPOSE_FILE)
"""Where the graphs of A, C and a student lie, and B's own: cut out of an ONNX file, or of a VitPose."""


@dataclass(frozen=True, eq=False)
class Graphs:
    """first: of A, C and an exported student. second: of B."""

    first: CutGraph
    second: CutGraph

    def of(self, name: str) -> CutGraph:
        """The graph of the network of this name."""
        return self.second if name == "B" else self.first

    def builder(self, keypoints: Sequence[str]) -> Builder:
        """Builds the imported networks of a skeleton's keypoints. Raises BackboneError as `build` does."""

        def build(name: LearnerName, seed: int) -> PoseNetwork:
            return build_on(self.of(name), keypoints, seed)

        return build


def build_on(graph: CutGraph, keypoints: Sequence[str], seed: int) -> ImportedNetwork:
    """The graph's network for a skeleton's keypoints, matched by name. Raises BackboneError where it knows none."""
    places = find_keypoints(keypoints, graph.info.keypoints)
    if all(place is None for place in places):
        raise BackboneError(
            f"{graph.info.name} knows no keypoint of the skeleton by its name (it has: "
            f"{', '.join(graph.info.keypoints)}; wanted some of: {', '.join(keypoints)}). Train from another model."
        )
    return build_imported(graph, places, seed)


def import_graphs(model: ModelConfig, weights: Path | None = None) -> Graphs:
    """The graphs that `model.weights` and `model.weights_b` name: an ONNX file, a VitPose's folder, or (the first) a
    folder that has its graphs.

    weights: a folder that goes before model.weights. Each ONNX file is checked beside onnxruntime. Raises
    BackboneError, CheckpointError.
    """
    source = weights or Path(model.weights)
    if source.is_dir() and not is_vitpose(source):
        graphs = graphs_in(source)
    else:
        first = _import(source, setting="model.weights")
        graphs = Graphs(first, first)
    if model.weights_b:
        graphs = Graphs(graphs.first, _import(Path(model.weights_b), setting="model.weights_b"))
    _check_alike(graphs)
    for graph in (graphs.first, graphs.second):
        _check_size(graph, model)
    return graphs


def graphs_in(folder: Path) -> Graphs:
    """The graphs that lie beside a folder's networks. Raises CheckpointError where there are none, BackboneError."""
    first = _read(folder, *FIRST)
    return Graphs(first, _read(folder, *SECOND) if has_graphs(folder, SECOND) else first)


def has_graphs(folder: Path, names: tuple[str, str] = FIRST) -> bool:
    """Whether graphs lie beside a folder's networks."""
    return any((folder / name).exists() for name in names)


def keep_graphs(folder: Path, graphs: Graphs) -> None:
    """Write the graphs beside the networks, whole or not at all; the second one first, as the first says that both
    are there."""
    if graphs.second.content != graphs.first.content:
        _keep(folder, graphs.second, *SECOND)
    _keep(folder, graphs.first, *FIRST)


def _keep(folder: Path, graph: CutGraph, onnx_file: str, vitpose_file: str) -> None:
    name = vitpose_file if isinstance(graph, VitPoseGraph) else onnx_file
    write_atomically(folder / name, graph.content)


def graphs_of(networks: Mapping[str, PoseNetwork]) -> Graphs | None:
    """The graphs of networks that are there already; None where they were not imported."""
    found = {name: network.graph for name, network in networks.items() if isinstance(network, ImportedNetwork)}
    if not found:
        return None
    first = next((graph for name, graph in found.items() if name != "B"), found.get("B"))
    assert first is not None
    return Graphs(first, found.get("B", first))


def _import(path: Path, *, setting: str) -> CutGraph:
    if path.is_dir() and is_vitpose(path):
        return import_vitpose(path)
    if path.suffix == VITPOSE and path.is_file():
        return read_vitpose_graph(path.read_bytes(), str(path))
    if path.suffix.lower() != ONNX or not path.is_file():
        raise BackboneError(
            f"{setting} is '{path}', which is no ONNX file that lies there, nor a VitPose's folder; wanted one for "
            'model.backbone = "imported". Give the pose model\'s file, MODEL.onnx, or a folder that such a training '
            "left."
        )
    import_onnx2torch()  # before onnx is looked for: its absence is told with what to install
    from sspcm.models.importing import import_graph  # onnx is an extra

    try:
        return import_graph(path)
    except PoseModelError as error:
        raise BackboneError(str(error)) from error


def _read(folder: Path, onnx_file: str, vitpose_file: str) -> CutGraph:
    is_onnx = not (folder / vitpose_file).exists()
    path = folder / (onnx_file if is_onnx else vitpose_file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"cannot read {path} ({error.strerror}); wanted the graph that networks of an imported model are built on. "
            "Restore the file, or give the folder as the training left it."
        ) from error
    return read_cut_graph(content, str(path)) if is_onnx else read_vitpose_graph(content, str(path))


def _check_alike(graphs: Graphs) -> None:
    one, other = (_pixels(graph) for graph in (graphs.first, graphs.second))
    if one != other:
        raise BackboneError(
            f"{graphs.second.info.name} gives heatmaps of other pixels than {graphs.first.info.name} "
            f"({other} and {one}: kind, height, width, stride, shift); wanted the same, since the networks teach each "
            "other. Set model.weights_b to a model of the same input, or leave it out."
        )


def _pixels(graph: CutGraph) -> tuple[str, int, int, int, float]:
    info = graph.info
    return info.kind, info.height, info.width, info.stride, info.shift


def _check_size(graph: CutGraph, model: ModelConfig) -> None:
    wanted, found = (graph.info.height, graph.info.width), (model.input_height, model.input_width)
    if wanted != found:
        raise BackboneError(
            f"{graph.info.name} sees crops of {wanted[0]} x {wanted[1]} pixels (height x width), the settings say "
            f"{found[0]} x {found[1]}; wanted the model's. Set model.input_height = {wanted[0]} and "
            f"model.input_width = {wanted[1]}."
        )
