"""Semi-supervised 2D pose by position inconsistency (SSPCM). It knows no SQL, no HTTP and no clock.

commands/     the `sspcm` command: one file a command. torch is imported once the options are read
crops/        persons cut out of images, in batches, and which of them a step sees
evaluation/   how good predictions are, beside labels
formats/      file formats: each is read to, and written from, the same types
images/       image files: what they are, how large they may be, and their pixels, the same everywhere
label_checks/  labels that look wrong: found by networks that did not learn them, and beside the project's other labels
method/       the method: teachers and student, views, occlusion, the correction, losses, one step (docs/method.md)
models/       trained networks as files: checkpoints, predictions, exported models and their cards
networks/     pose networks: a backbone, published weights for it, and the head that makes heatmaps
pose_models/  pose models that somebody else trained, as ONNX files, run on persons' crops. Never imports torch
protocols/    published experiments as files: which persons are labelled, unlabelled and measured on, and for how long
ranking/      how far networks disagree about a person, and the order of the pool that follows
simulation/   a labelled set plays the annotator: what rounds and orders save, in actions
skeletons/    keypoints, edges, sigmas, and which keypoint is left and which right
synthetic/    overhead-fisheye scenes of people, drawn with exact keypoints. Needs the extra `synth` (anny and warp)
training/     training in a round folder: the loop of every method, measuring, resuming, starting weights
__main__      the `sspcm` command
config        every setting of a training, the methods, the presets
cutting       a crop cut out of an image
errors        what goes wrong with networks, named without loading them
fisheye       the lens circle, and which way is up
geometry      the one pixel convention, and 3x3 matrices
left_out      which labelled persons a network never learns from
lens_finding  a lens circle found in frames, or none
manifest      what a training is asked to do: manifest.json, checked
members       the networks by name: A, B, A_prev, B_prev, C
plain         settings read as plain data; an unknown one is named with its neighbour
pose          boxes, persons, labels, predictions
round_folder  the names of a round folder's files
shard_files   a pool's shards as files, shared by several processes
vitpose_file  a VitPose that trains, as one file
whole_files   files written whole, or not at all
"""
