"""Trained networks as files: checkpoints, predictions, exported models and their cards.

card            the model card
checkpoint      networks as safetensors and JSON, whole or not at all
folder          a trained network out of a folder
graphs          what imported networks are built on, kept beside them
imported_onnx   an imported network as ONNX, with its own decoding
importing       a pose model in an ONNX file made into a graph that learns
onnx            a network as ONNX, checked beside torch
predict         what networks predict, in image pixels
vitpose_folder  a VitPose that transformers saved, as what networks are built on
"""
