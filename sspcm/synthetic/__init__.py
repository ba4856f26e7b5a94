"""Overhead-fisheye scenes of people, drawn with exact keypoints (needs the extra `synth`: anny and warp)."""
