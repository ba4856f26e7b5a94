"""The pose networks: a backbone of torchvision and SimpleBaseline's deconvolution head."""

from sspcm.networks.pose_network import PoseNetwork, build_network

__all__ = ["PoseNetwork", "build_network"]
