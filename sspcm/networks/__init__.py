"""Pose networks: a backbone, published weights for it, and the head that makes heatmaps.

backbones          backbones by name, cut for pose
cut_graph          the part of an imported pose model that learns, as a file
efficientnet_lite  EfficientNet-Lite0, with TensorFlow's padding
finite             whether weights are numbers to compute with
heatmaps           the encoders and four decoders
imported_network   an imported pose model as a network that learns
pose_network       what every pose network is to the rest
published          published weights into a backbone, read without running anything
simple_baseline    a trunk with the deconvolution head
timm_features      any timm model that gives feature maps
trunk              what a backbone is to a pose network
vitpose            a VitPose of transformers as an imported network's layers
"""

from sspcm.networks.pose_network import PoseNetwork
from sspcm.networks.published import load_published
from sspcm.networks.simple_baseline import SimpleBaseline, build_network
from sspcm.networks.trunk import BackboneError

__all__ = ["BackboneError", "PoseNetwork", "SimpleBaseline", "build_network", "load_published"]
