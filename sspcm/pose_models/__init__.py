"""Pose models that somebody else trained, as ONNX files, run on persons' crops. Never imports torch.

copies     a person seen in copies: a prediction and how sure it is
layouts    what a pose model wants and answers, told by shapes
model      an ONNX file, opened, checked and run
onnx_file  whether an ONNX file is whole, and what it declares
trainable  what a round must say to start from a pose model
"""
