"""An imported pose model as a network that learns: its own layers, its own decoding, its own pixels.

At the start it says what the model says. Its heatmaps are what a training holds to targets; its answers are read as the
model reads them. Keypoints that the model does not know get a heatmap of their own, which knows nothing yet.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from sspcm.config import Decoder
from sspcm.networks.cut_graph import CutGraph, Kind
from sspcm.networks.heatmaps import HeatmapGrid, decode_integer, decode_subpixel
from sspcm.networks.pose_network import PoseNetwork
from sspcm.networks.trunk import IMAGENET_MEAN, IMAGENET_STD, BackboneError

NEW_BIAS = -4.0
"""A new keypoint's heatmap begins at sigmoid(-4) = 0.018: not seen."""


class ImportedNetwork(PoseNetwork):
    """Heads of the cut graph, and heatmaps for the skeleton's K keypoints out of them."""

    def __init__(self, graph: CutGraph, places: Sequence[int | None]) -> None:
        """places: for each of the skeleton's keypoints its number among the model's, None where the model has it not.

        New keypoints' weights come from torch's global generator. Raises BackboneError.
        """
        super().__init__()
        info = graph.info
        self.graph, self.grid = graph, HeatmapGrid(info.stride, info.shift)
        self.layers = graph.layers()
        weight, bias = _planes_of_normalised(info.colours)
        self.colour_weight = nn.Buffer(weight, persistent=False)
        self.colour_bias = nn.Buffer(bias, persistent=False)
        new = [k for k, place in enumerate(places) if place is None]
        if new and not info.features:
            raise BackboneError(
                f"{info.name} has no last convolution to read {len(new)} further keypoints with; wanted one, or a "
                f"skeleton of its own keypoints ({', '.join(info.keypoints)}). Use another model."
            )
        self.further = _further_head(info.features, len(new)) if new else None
        # Which of the model's channels, with the new ones behind them, each keypoint is.
        order = [place if place is not None else len(info.keypoints) + new.index(k) for k, place in enumerate(places)]
        self.order = nn.Buffer(torch.tensor(order), persistent=False)

    def planes(self, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
        """What the model's first layer sees of normalised RGB."""
        return nn.functional.conv2d(images, self.colour_weight, self.colour_bias)

    def heads(self, images: Float[Tensor, "B 3 H W"]) -> tuple[Tensor, ...]:
        """The model's heads, and the features for further keypoints if it has them."""
        return self.heads_of(self.planes(images))

    def heads_of(self, planes: Float[Tensor, "B 3 H W"]) -> tuple[Tensor, ...]:
        """The same out of what the model's first layer sees."""
        said = self.layers(planes)
        return said if isinstance(said, tuple) else tuple(said) if isinstance(said, list) else (said,)

    def _ordered(self, known: Float[Tensor, "B N h w"], new: Tensor | None) -> Float[Tensor, "B K h w"]:
        """The skeleton's keypoints out of the model's and the new ones."""
        return (known if new is None else torch.cat([known, new], dim=1))[:, self.order]

    def _new(self, heads: tuple[Tensor, ...]) -> Tensor | None:
        """Heatmaps of keypoints that the model does not know."""
        return torch.sigmoid(self.further(heads[-1])) if self.further is not None else None


class ImportedHeatmaps(ImportedNetwork):
    """A top-down model whose one head is the heatmaps."""

    def forward(self, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K h w"]:
        """The model's heatmaps."""
        return self.heatmaps(self.heads(images))

    def heatmaps(self, heads: tuple[Tensor, ...]) -> Float[Tensor, "B K h w"]:
        """The skeleton's heatmaps out of the heads."""
        return self._ordered(heads[0], self._new(heads))


class MoveNet(ImportedNetwork):
    """MoveNet for one person: of a keypoint's heatmap, what lies near where the centre says it is counts more.

    The centre is the brightest pixel of the centre heatmap, weighed towards the crop's middle. From there the
    regression tells roughly where each keypoint is. The heatmap divided by the distance from that place has its peak at
    the keypoint's pixel; the offsets say where in the pixel, and the heatmap itself how sure.
    """

    def __init__(self, graph: CutGraph, places: Sequence[int | None]) -> None:
        """As ImportedNetwork's."""
        super().__init__(graph, places)
        assert graph.centre_map is not None
        self.centre_map = nn.Buffer(torch.tensor(graph.centre_map, dtype=torch.float32), persistent=False)
        self.softening = graph.info.softening

    def forward(self, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K h w"]:
        """The weighted heatmaps, of which the highest pixel is the keypoint's; 1 at most."""
        heads = self.heads(images)
        heatmaps = torch.sigmoid(heads[1].float())
        return self._ordered(heatmaps * self._nearness(heads[0].float(), heads[2].float()), self._new(heads))

    def answer(
        self, images: Float[Tensor, "B 3 H W"], *, keypoints: int | None, decode: Decoder, swap: Int[Tensor, "K"] | None
    ) -> Float[Tensor, "B K 3"]:
        """MoveNet's own decoding, whatever `decode`. With `swap` the middle between the crop's answer and its mirror's,
        and the mean of their confidences."""
        said = self.decoded(self.heads(images))
        if swap is not None:
            said = self.with_mirrored(said, self.decoded(self.heads(images.flip(-1))), swap)
        return said[:, :keypoints]

    def with_mirrored(
        self, said: Float[Tensor, "B K 3"], mirrored: Float[Tensor, "B K 3"], swap: Int[Tensor, "K"]
    ) -> Float[Tensor, "B K 3"]:
        """The middle between a crop's answer and its mirror image's."""
        x, rest = mirrored[:, swap, :1], mirrored[:, swap, 1:]
        return (said + torch.cat([self.graph.info.width - 1 - x, rest], dim=-1)) / 2

    def decoded(self, heads: tuple[Tensor, ...]) -> Float[Tensor, "B K 3"]:
        """x, y in crop pixels and confidence, out of the heads."""
        heatmaps, count = torch.sigmoid(heads[1]), heads[1].shape[1]
        new = self._new(heads)
        weighted = self._ordered(heatmaps * self._nearness(heads[0], heads[2]), new)
        whole = decode_integer(weighted)  # B K 2
        index = (whole[..., 1] * weighted.shape[-1] + whole[..., 0]).long()[..., None]  # B K 1

        def at_peak(maps: Tensor) -> Tensor:
            return self._ordered(maps, new).flatten(2).gather(2, index)[..., 0]

        # y before x, in heatmap pixels: where in its cell of `stride` crop pixels the keypoint lies.
        offsets = heads[3].view(-1, count, 2, *heads[3].shape[-2:])
        inside = torch.stack([at_peak(offsets[:, :, 1]), at_peak(offsets[:, :, 0])], dim=-1)
        xy = self.grid.stride * (whole + inside)
        if new is not None:  # nobody taught these offsets
            unknown = (self.order >= count)[None, :, None]
            xy = torch.where(unknown, self.grid.to_crop(decode_subpixel(weighted)), xy)
        return torch.cat([xy, at_peak(heatmaps)[..., None].clamp(0, 1)], dim=-1)

    def _nearness(self, centre: Float[Tensor, "B 1 h w"], regression: Tensor) -> Float[Tensor, "B N h w"]:
        """softening / (softening + distance from where the centre says each keypoint is), heatmap pixels."""
        batch, _, height, width = centre.shape
        best = (torch.sigmoid(centre[:, 0]) * self.centre_map).flatten(1).argmax(1)  # B
        each = torch.arange(batch, device=best.device)
        y, x = best // width, best % width
        towards = regression.detach().view(batch, -1, 2, height, width)[each, :, :, y, x]  # B N 2, y before x
        rows = torch.arange(height, device=best.device) - (y[:, None] + towards[..., 0])[..., None]  # B N h
        columns = torch.arange(width, device=best.device) - (x[:, None] + towards[..., 1])[..., None]
        distance = (rows[..., :, None] ** 2 + columns[..., None, :] ** 2).sqrt()
        return self.softening / (self.softening + distance)


class SimCC(ImportedNetwork):
    """A top-down model that says of each keypoint how probable every place across and every place down is.

    Its heatmaps are the product of the two, pooled to cells of the heatmap by a cubic B-spline: so a keypoint between
    two cells is in both, and where it lies between them can be learnt and read.
    """

    def __init__(self, graph: CutGraph, places: Sequence[int | None]) -> None:
        """As ImportedNetwork's."""
        super().__init__(graph, places)
        info = graph.info
        self.across = nn.Buffer(_pooling(info.width, info.ratio, self.grid), persistent=False)
        self.down = nn.Buffer(_pooling(info.height, info.ratio, self.grid), persistent=False)

    def forward(self, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K h w"]:
        """The product of the two axes; its sum is 1."""
        x, y = self.axes(self.heads(images))
        columns, rows = self._shares(x) @ self.across, self._shares(y) @ self.down  # B K w, B K h
        return rows[..., :, None] * columns[..., None, :]

    def answer(
        self, images: Float[Tensor, "B 3 H W"], *, keypoints: int | None, decode: Decoder, swap: Int[Tensor, "K"] | None
    ) -> Float[Tensor, "B K 3"]:
        """The highest bin of each axis, whatever `decode`; the confidence is the lower of the two heights. With `swap`
        of the mean of the crop's axes and its mirror image's."""
        axes = self.axes(self.heads(images))
        if swap is not None:
            axes = self.with_mirrored(axes, self.axes(self.heads(images.flip(-1))), swap)
        places = torch.stack([one.argmax(-1) / self.graph.info.ratio for one in axes], dim=-1)
        confidence = torch.minimum(axes[0].amax(-1), axes[1].amax(-1)).clamp(0, 1)
        return torch.cat([places, confidence[..., None]], dim=-1)[:, :keypoints]

    def axes(self, heads: tuple[Tensor, ...]) -> tuple[Float[Tensor, "B K W*r"], Float[Tensor, "B K H*r"]]:
        """What the model says of the skeleton's keypoints across and down."""
        return heads[0][:, self.order], heads[1][:, self.order]

    def with_mirrored(
        self, axes: tuple[Tensor, Tensor], mirrored: tuple[Tensor, Tensor], swap: Int[Tensor, "K"]
    ) -> tuple[Tensor, Tensor]:
        """The means of a crop's axes and its mirror image's: bin i of W r is i / r, and a mirror takes x to W - 1 - x,
        so bins go r - 1 less far than to the other end."""
        back, beyond = mirrored[0][:, swap].flip(-1), self.graph.info.ratio - 1
        if beyond:
            back = torch.cat([back[..., beyond:], back[..., -1:].expand(*back.shape[:-1], beyond)], dim=-1)
        return (axes[0] + back) / 2, (axes[1] + mirrored[1][:, swap]) / 2

    def _shares(self, axis: Float[Tensor, "B K n"]) -> Float[Tensor, "B K n"]:
        sharpness, axis = self.graph.info.sharpness, axis.float()
        if sharpness:
            return (sharpness * axis).softmax(-1)
        return axis / axis.sum(-1, keepdim=True)


def _pooling(size: int, ratio: int, grid: HeatmapGrid) -> Float[Tensor, "size*ratio cells"]:
    """How much of each bin belongs to which heatmap pixel along an axis; what lies beyond belongs to the last one."""
    cells = size // grid.stride
    u = grid.to_heatmap(torch.arange(size * ratio, dtype=torch.float64) / ratio)  # bins
    pooled = torch.zeros(size * ratio, cells, dtype=torch.float64)
    for cell in range(-2, cells + 2):
        away = (u - cell).abs()
        near, far = 2 / 3 - away**2 + away**3 / 2, (2 - away).clamp(min=0) ** 3 / 6
        pooled[:, min(max(cell, 0), cells - 1)] += torch.where(away < 1, near, far)
    return pooled.float()


KINDS: dict[Kind, type[ImportedNetwork]] = {"movenet": MoveNet, "heatmaps": ImportedHeatmaps, "simcc": SimCC}


def build_imported(graph: CutGraph, places: Sequence[int | None], seed: int) -> ImportedNetwork:
    """The network of a cut graph; new keypoints' weights depend on the seed alone. Raises BackboneError."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = KINDS[graph.info.kind](graph, places)
    return network.to(memory_format=torch.channels_last)


def _planes_of_normalised(colours: tuple[tuple[float, ...], ...]) -> tuple[Tensor, Tensor]:
    """A 1x1 convolution from normalised RGB to the graph's planes, which are told by RGB of 0..255."""
    rows = torch.tensor(colours, dtype=torch.float64)  # 3 4
    mean, std = (255 * torch.tensor(one, dtype=torch.float64) for one in (IMAGENET_MEAN, IMAGENET_STD))
    weight, bias = rows[:, :3] * std, rows[:, 3] + rows[:, :3] @ mean
    return weight.float()[..., None, None], bias.float()


def _further_head(features: int, count: int) -> nn.Conv2d:
    head = nn.Conv2d(features, count, 1)
    nn.init.normal_(head.weight, std=0.001)
    assert head.bias is not None
    nn.init.constant_(head.bias, NEW_BIAS)
    return head
