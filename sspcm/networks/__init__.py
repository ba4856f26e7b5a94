"""The pose networks: a backbone, published weights for it, and SimpleBaseline's deconvolution head."""

from sspcm.networks.pose_network import PoseNetwork, build_network
from sspcm.networks.published import load_published
from sspcm.networks.trunk import BackboneError

__all__ = ["BackboneError", "PoseNetwork", "build_network", "load_published"]
