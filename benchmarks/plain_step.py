"""SSPCM's step as one would first write it: float32, one person after the other, everything decided on the CPU.

The baseline that benchmarks/throughput.py compares with. It computes what sspcm/method/step.py computes, with the
released code's variants among them, and is written for this comparison alone. tests/benchmarks/test_plain_step.py
compares losses step by step.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sspcm.config import RoundConfig
from sspcm.crops.batches import Frame
from sspcm.method.correction import PAIRS
from sspcm.method.occlude import Patches, draw_cut_occlude
from sspcm.method.step import Batch
from sspcm.method.trio import Trio
from sspcm.method.views import IMAGENET_MEAN, IMAGENET_STD, sample_easy, sample_hard
from sspcm.networks.heatmaps import STRIDE


def plain_step(
    trio: Trio,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    mirror: Tensor,
    config: RoundConfig,
    *,
    generator: torch.Generator,
    device: torch.device,
) -> dict[str, float]:
    """One joint step of SSPCM; the losses by name, as a StepLog has them."""
    height, width = config.model.input_height, config.model.input_width
    images, matrices, mirrored = easy_views(batch.crops, config, generator)
    targets, weights = [], []
    for person in range(len(batch.xyv)):
        target, weight = encode(batch.xyv[person], matrices[person], bool(mirrored[person]), mirror, config)
        targets.append(target)
        weights.append(weight)
    target, weight = torch.stack(targets).to(device), torch.stack(weights).to(device)
    losses = {}
    for name, network in trio.networks().items():
        loss = keypoint_loop_loss(network(images.to(device)), target, weight)
        losses[f"{name}_labelled"] = config.train.supervised_weight * loss

    assert batch.unlabelled is not None
    easy, _, _ = easy_views(batch.unlabelled, config, generator)
    with torch.no_grad():
        said = {name: trio.members()[name](easy.to(device)).cpu().numpy() for name in ("A", "B", "A_prev", "B_prev")}
    corrected = correct_one_by_one(said)
    peaks = (said["A"].max((2, 3)) + said["B"].max((2, 3))) / 2
    mask = torch.from_numpy((peaks > config.train.mask_peak).astype(np.float32)).to(device)
    hard = sample_hard(len(easy), config.views, height=height, width=width, generator=generator)
    taught = {"A": said["B"], "B": said["A"], "C": corrected}
    for name, network in trio.networks().items():
        guide = np.array([[place(heatmap) for heatmap in person] for person in taught[name]]) * STRIDE
        patches = draw_cut_occlude(
            torch.from_numpy(guide).float(),
            height=height,
            patches=config.views.occlusion_patches,
            generator=generator,
            transposed=config.views.occlusion == "legacy",
        )
        occluded = paste_one_by_one(easy, patches)
        seen = torch.stack([turn(image, m, height, width) for image, m in zip(occluded, hard.image, strict=True)])
        wanted = torch.stack(
            [
                turn(torch.from_numpy(heatmaps), m, height // STRIDE, width // STRIDE)
                for heatmaps, m in zip(taught[name], hard.heatmap, strict=True)
            ]
        )
        loss = keypoint_loop_loss(network(seen.to(device)), wanted.to(device), mask)
        losses[f"{name}_taught"] = config.train.unsupervised_weight * loss
    optimiser.zero_grad()
    torch.autograd.backward(torch.stack(list(losses.values())).sum())
    optimiser.step()
    return {name: loss.item() for name, loss in losses.items()}


def easy_views(crops: Tensor, config: RoundConfig, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Easy views of stored crops, one after the other on the CPU; their matrices, and who is mirrored."""
    frame = Frame(config.model.input_height, config.model.input_width)
    height, width = frame.height, frame.width
    matrices, mirrored = sample_easy(len(crops), config.views, height=height, width=width, generator=generator)
    to_input = torch.eye(3)
    to_input[0, 2], to_input[1, 2] = -frame.shift[0], -frame.shift[1]
    mean, std = (torch.tensor(values).view(3, 1, 1) * 255 for values in (IMAGENET_MEAN, IMAGENET_STD))
    views = [
        turn((crop.float() - mean) / std, matrix @ to_input, height, width)
        for crop, matrix in zip(crops.cpu(), matrices, strict=True)
    ]
    return torch.stack(views), matrices, mirrored


def turn(image: Tensor, matrix: Tensor, height: int, width: int) -> Tensor:
    """One image through its source px -> view px matrix."""
    rows, columns = image.shape[1:]
    inverse = torch.linalg.inv(matrix)
    ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    points = torch.stack((xs, ys, torch.ones_like(xs)), dim=-1).float() @ inverse.T
    grid = torch.stack((points[..., 0] * 2 / (columns - 1) - 1, points[..., 1] * 2 / (rows - 1) - 1), dim=-1)
    return functional.grid_sample(image[None], grid[None], align_corners=True)[0]


def encode(xyv: Tensor, matrix: Tensor, mirrored: bool, mirror: Tensor, config: RoundConfig) -> tuple[Tensor, Tensor]:
    """One person's target heatmaps and weights, keypoint by keypoint."""
    rows, columns = config.model.input_height // STRIDE, config.model.input_width // STRIDE
    sigma = config.train.heatmap_sigma
    radius = int(3 * sigma)
    target, weight = torch.zeros(len(xyv), rows, columns), torch.zeros(len(xyv))
    for keypoint in range(len(xyv)):
        x, y, v = xyv[mirror[keypoint] if mirrored else keypoint].tolist()
        if v == 0:
            continue
        at = matrix @ torch.tensor([x, y, 1.0])
        column, row = int(np.floor(at[0].item() / STRIDE + 0.5)), int(np.floor(at[1].item() / STRIDE + 0.5))
        for i in range(max(0, row - radius), min(rows, row + radius + 1)):
            for j in range(max(0, column - radius), min(columns, column + radius + 1)):
                target[keypoint, i, j] = float(np.exp(-((i - row) ** 2 + (j - column) ** 2) / (2 * sigma**2)))
                weight[keypoint] = 1.0
    return target, weight


def place(heatmap: np.ndarray) -> tuple[int, int]:
    """Column and row of the highest pixel."""
    row, column = np.unravel_index(heatmap.argmax(), heatmap.shape)
    return int(column), int(row)


def correct_one_by_one(said: dict[str, np.ndarray]) -> np.ndarray:
    """The mean of the closest pair, person by person and keypoint by keypoint."""
    corrected = np.empty_like(said["A"])
    for person in range(corrected.shape[0]):
        for keypoint in range(corrected.shape[1]):
            places = {name: np.array(place(heatmaps[person, keypoint])) for name, heatmaps in said.items()}
            apart = [float(np.linalg.norm(places[one] - places[other])) for one, other in PAIRS]
            one, other = PAIRS[apart.index(min(apart))]
            corrected[person, keypoint] = (said[one][person, keypoint] + said[other][person, keypoint]) / 2
    return corrected


def paste_one_by_one(images: Tensor, patches: Patches) -> Tensor:
    """Every window cut and pasted by slices, person by person."""
    occluded = images.clone()
    height, width = images.shape[2:]
    for centres, halves, sources in zip(patches.windows.centre, patches.windows.half, patches.source, strict=True):
        for person in range(len(images)):
            (x, y), (half_x, half_y) = centres[person].tolist(), halves[person].tolist()
            from_x, from_y = sources[person].tolist()
            left, right = (max(-half_x, -x, -from_x), min(half_x, width - x, width - from_x))
            top, bottom = (max(-half_y, -y, -from_y), min(half_y, height - y, height - from_y))
            if left >= right or top >= bottom:
                window = occluded[person, :, max(0, y - half_y) : max(0, y + half_y)]
                window[:, :, max(0, x - half_x) : max(0, x + half_x)] = 0
                continue
            mate = images[int(patches.mate[person])]
            cut = mate[:, from_y + top : from_y + bottom, from_x + left : from_x + right]
            occluded[person, :, y + top : y + bottom, x + left : x + right] = cut
    return occluded


def keypoint_loop_loss(predicted: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Half the mean squared error, one keypoint after the other."""
    keypoints = predicted.shape[1]
    loss = predicted.new_zeros(())
    for keypoint in range(keypoints):
        wrong = (predicted[:, keypoint] - target[:, keypoint]) * weight[:, keypoint, None, None]
        loss = loss + 0.5 * (wrong**2).mean()
    return loss / keypoints
