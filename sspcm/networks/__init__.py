"""Pose networks: a backbone, published weights for it, and the head that makes heatmaps.

backbones          backbones by name, cut for pose
efficientnet_lite  EfficientNet-Lite0, with TensorFlow's padding
finite             whether weights are numbers to compute with
heatmaps           the encoder and four decoders
pose_network       a trunk with the deconvolution head
published          published weights into a backbone, read without running anything
timm_features      any timm model that gives feature maps
trunk              what a backbone is to a pose network
"""

from sspcm.networks.pose_network import PoseNetwork, build_network
from sspcm.networks.published import load_published
from sspcm.networks.trunk import BackboneError

__all__ = ["BackboneError", "PoseNetwork", "build_network", "load_published"]
