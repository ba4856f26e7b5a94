"""What occludes an easy view before its hard turn: patches of batch mates, and holes (method.md section 7).

Every kind draws its windows first, then applies them to all persons at once.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sspcm.config import Occluder, ViewsConfig
from sspcm.method.send import send

REFERENCE_HEIGHT = 256
JITTER = 10.0
HALF_SIZES = (10, 19)
"""Jitter's standard deviation and the windows' half sizes, in pixels of a crop 256 high; both scale with the height."""


@dataclass(frozen=True, eq=False)
class Windows:
    """P rectangles a person, in whole pixels x, y of their image: [centre - half, centre + half) on either axis.

    reach: no half size exceeds it; known without asking the device.
    """

    centre: Int[Tensor, "P B 2"]
    half: Int[Tensor, "P B 2"]
    reach: int


@dataclass(frozen=True, eq=False)
class Patches:
    """Windows, and what replaces them: windows of the same size about `source` in the image of `mate`."""

    windows: Windows
    source: Int[Tensor, "P B 2"]
    mate: Int[Tensor, "B"]


def occlude(
    images: Float[Tensor, "B 3 H W"],
    xy: Float[Tensor, "B K 2"],
    kind: Occluder,
    views: ViewsConfig,
    *,
    generator: torch.Generator,
) -> Float[Tensor, "B 3 H W"]:
    """The images as one hard path of a method shows them, before its turn. xy: guiding keypoints, image pixels."""
    if kind == "none" or views.occlusion == "off":
        return images
    legacy, patches, holes = views.occlusion == "legacy", views.occlusion_patches, views.cutout_patches
    match kind:
        case "cut_occlude":
            return cut_occlude(images, xy, patches=patches, generator=generator, transposed=legacy)
        case "joint_cutout":
            return joint_cutout(images, xy, holes=holes, generator=generator, clamped=legacy)
        case "joco":
            pasted = cut_occlude(images, xy, patches=patches, generator=generator, transposed=legacy)
            return cutout(pasted, holes=holes, generator=generator)
        case "jccm":
            cut = joint_cutout(images, xy, holes=holes, generator=generator, clamped=legacy)
            return cutmix(cut, patches=patches, generator=generator)


def cut_occlude(
    images: Float[Tensor, "B 3 H W"],
    xy: Float[Tensor, "B K 2"],
    *,
    patches: int,
    generator: torch.Generator,
    transposed: bool = False,
) -> Float[Tensor, "B 3 H W"]:
    """The images with windows around random keypoints replaced by windows around a batch mate's keypoints.

    Windows are cut from the unmodified images; both ends are cropped alike at the borders, and a window whose source
    lies wholly outside becomes zero. `transposed` has the released code's coordinates: x taken for the row, y for the
    column, when cutting and when pasting.
    """
    drawn = draw_cut_occlude(xy, height=images.shape[2], patches=patches, generator=generator, transposed=transposed)
    return paste(images, drawn)


def joint_cutout(
    images: Float[Tensor, "B 3 H W"],
    xy: Float[Tensor, "B K 2"],
    *,
    holes: int,
    generator: torch.Generator,
    clamped: bool = False,
) -> Float[Tensor, "B 3 H W"]:
    """The images with holes around random keypoints. `clamped` has the released code's: no row from the width on."""
    drawn = draw_joint_cutout(xy, height=images.shape[2], holes=holes, generator=generator)
    return blank(images, drawn, rows_below=images.shape[3] if clamped else None)


def cutout(images: Float[Tensor, "B 3 H W"], *, holes: int, generator: torch.Generator) -> Float[Tensor, "B 3 H W"]:
    """The images with holes anywhere."""
    return blank(images, _anywhere(images, count=holes, generator=generator))


def cutmix(images: Float[Tensor, "B 3 H W"], *, patches: int, generator: torch.Generator) -> Float[Tensor, "B 3 H W"]:
    """The images with windows anywhere showing what a batch mate's image has at the same place."""
    windows = _anywhere(images, count=patches, generator=generator)
    mate = send(torch.randint(len(images), (len(images),), generator=generator), images.device)
    return paste(images, Patches(windows, source=windows.centre, mate=mate))


def draw_cut_occlude(
    xy: Float[Tensor, "B K 2"], *, height: int, patches: int, generator: torch.Generator, transposed: bool
) -> Patches:
    """Which windows go where: one mate a person; target and source keypoints with replacement, each jittered once."""
    device, (batch, keypoints) = xy.device, xy.shape[:2]
    centres, halves = _centres_and_halves(xy, height=height, generator=generator)
    if transposed:
        centres = centres.flip(-1)
    # oneself may be drawn too (method.md section 7, 2)
    mate = send(torch.randint(batch, (batch,), generator=generator), device)
    covered = send(torch.randint(keypoints, (patches, batch), generator=generator), device)  # P B
    copied = send(torch.randint(keypoints, (patches, batch), generator=generator), device)
    rows = torch.arange(batch, device=device)
    # P B 2. The half sizes are those of the mate, whose window is cut out (method.md section 7, 3).
    windows = Windows(centre=centres[rows, covered], half=halves[mate, copied], reach=largest_half(height))
    return Patches(windows, source=centres[mate, copied], mate=mate)


def draw_joint_cutout(xy: Float[Tensor, "B K 2"], *, height: int, holes: int, generator: torch.Generator) -> Windows:
    """Windows about `holes` random keypoints of each person, with replacement, jittered and sized as Cut-Occlude's."""
    batch, keypoints = xy.shape[:2]
    centres, halves = _centres_and_halves(xy, height=height, generator=generator)
    covered = send(torch.randint(keypoints, (holes, batch), generator=generator), xy.device)
    rows = torch.arange(batch, device=xy.device)
    return Windows(centre=centres[rows, covered], half=halves[rows, covered], reach=largest_half(height))


def paste(images: Float[Tensor, "B 3 H W"], patches: Patches) -> Float[Tensor, "B 3 H W"]:
    """The images with each window replaced, one after the other, by its mate's pixels of the unmodified images.

    Works on the windows' pixels alone: each is a square of the largest half size, of which the pixels outside the
    window, the image or the source are written to a spare one.
    """
    batch, _, height, width = images.shape
    # Pasting the windows' pixels alone took 5 ms where whole images took 56 (32 persons, 256 x 192, docs/log.md).
    flat = images.permute(0, 2, 3, 1).reshape(batch, height * width, 3)  # B HW 3
    spare = height * width
    occluded = torch.cat((flat, flat.new_empty(batch, 1, 3)), dim=1)  # B HW+1 3; nobody reads the spare pixel
    reach = patches.windows.reach
    offset = torch.arange(-reach, reach, device=images.device)  # S = 2 reach
    persons = torch.arange(batch, device=images.device)[:, None]
    for centre, half, source in zip(patches.windows.centre, patches.windows.half, patches.source, strict=True):
        size = half[:, None]
        x, y = (centre[:, axis, None] + offset for axis in (0, 1))  # B S each
        from_x, from_y = (source[:, axis, None] + offset for axis in (0, 1))
        open_x = _inside(offset, size[..., 0]) & _inside_frame(x, width)
        open_y = _inside(offset, size[..., 1]) & _inside_frame(y, height)
        window = open_y[:, :, None] & open_x[:, None, :]  # B S S
        reachable = (_inside_frame(from_y, height)[:, :, None] & _inside_frame(from_x, width)[:, None, :]) & window
        nothing_to_cut = ~reachable.flatten(1).any(1)[:, None, None]
        index = from_y.clamp(0, height - 1)[:, :, None] * width + from_x.clamp(0, width - 1)[:, None, :]  # B S S, of HW
        moved = flat[patches.mate[:, None], index.flatten(1)] * ~nothing_to_cut  # B SS 3
        place = torch.where(reachable | (window & nothing_to_cut), y[:, :, None] * width + x[:, None, :], spare)
        occluded[persons, place.flatten(1)] = moved
    return occluded[:, :spare].view(batch, height, width, 3).permute(0, 3, 1, 2)  # B 3 H W, channels last as it is


def blank(
    images: Float[Tensor, "B 3 H W"], windows: Windows, *, rows_below: int | None = None
) -> Float[Tensor, "B 3 H W"]:
    """The images with every window zero, ImageNet's mean colour; rows from `rows_below` on are left as they are."""
    height, width = images.shape[2:]
    down = _covers(windows, axis=1, size=height)  # P B H
    if rows_below is not None:
        down = down & (torch.arange(height, device=down.device) < rows_below)
    across = _covers(windows, axis=0, size=width)  # P B W
    hole = (down[:, :, :, None] & across[:, :, None, :]).any(0)  # B H W
    return images.contiguous(memory_format=torch.channels_last).masked_fill(hole[:, None], 0.0)


def largest_half(height: int) -> int:
    """The largest half size that is drawn at this height of crop."""
    return max(1, round(HALF_SIZES[1] * height / REFERENCE_HEIGHT))


def _centres_and_halves(
    xy: Float[Tensor, "B K 2"], *, height: int, generator: torch.Generator
) -> tuple[Int[Tensor, "B K 2"], Int[Tensor, "B K 2"]]:
    """Jittered window centres and half sizes, whole pixels, one of each a keypoint."""
    scale = height / REFERENCE_HEIGHT
    jitter = send(torch.randn(xy.shape, generator=generator), xy.device) * (JITTER * scale)
    # fractions dropped (section 7, 1)
    return (xy + jitter).long(), send(_halves(xy.shape, height=height, generator=generator), xy.device)


def _halves(shape: torch.Size | tuple[int, ...], *, height: int, generator: torch.Generator) -> Int[Tensor, "..."]:
    smallest = max(1, round(HALF_SIZES[0] * height / REFERENCE_HEIGHT))
    return torch.randint(smallest, largest_half(height) + 1, shape, generator=generator)  # randint leaves its end out


def _anywhere(images: Float[Tensor, "B 3 H W"], *, count: int, generator: torch.Generator) -> Windows:
    """Windows whose centres are uniform over the images."""
    batch, _, height, width = images.shape
    x, y = (torch.randint(size, (count, batch), generator=generator) for size in (width, height))  # P B each
    half = _halves((count, batch, 2), height=height, generator=generator)
    return Windows(torch.stack((x, y), dim=-1).to(images.device), half.to(images.device), largest_half(height))


def _covers(windows: Windows, *, axis: int, size: int) -> Bool[Tensor, "P B S"]:
    """Along one axis: which pixels each window covers."""
    offset = torch.arange(size, device=windows.centre.device) - windows.centre[..., axis, None]
    return _inside(offset, windows.half[..., axis, None])


def _inside(offset: Int[Tensor, "..."], half: Int[Tensor, "..."]) -> Bool[Tensor, "..."]:
    """Where along an axis, counted from a window's centre, the window is."""
    return (offset >= -half) & (offset < half)


def _inside_frame(positions: Int[Tensor, "B S"], size: int) -> Bool[Tensor, "B S"]:
    return (positions >= 0) & (positions < size)
