"""Semi-supervised 2D pose by position inconsistency (SSPCM): skeletons, poses, geometry, ranking, and the networks."""
