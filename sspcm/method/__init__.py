"""The method: teachers and student, views, occlusion, the correction, losses, one step (docs/method.md).

correction  the pair that agrees best teaches the student
losses      the one heatmap loss
occlude     patches and holes: Cut-Occlude, JointCutout, Cutout, CutMix
send        small tensors to the device, without waiting for it
step        one joint step: every method's losses out of one batch
trio        A, B, C and the snapshots
views       easy and hard views, the warp
"""
