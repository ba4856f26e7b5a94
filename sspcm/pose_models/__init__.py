"""Pose models that somebody else trained: what their files say and want, run on persons' crops. Never imports torch."""
