"""The pool: its order before any round, pose models run over it, what is missing for labelling.

blind_places   where validation images stand in a ranking: evenly, from the start
describing     what an image looks like, as a vector
first_steps    what to do first, or next, where there is nothing to work on
judging        what labels would change of an imported model's predictions
launching      a pose model's run, launched
looks          what images look like, and the light on their people
model_folders  a network's folder in place of an ONNX file, exported to one
order_figures  how well the order tells wrong keypoints from right ones
ordering       the pool's images in queue order
prelabelling   a pose model over the pool, batch by batch
queue_shown    the queue as people see it, without its blind share
stretches      which images are kept for validation: of each camera a stretch of frames
unlabelable    who is too small or too dark to label, skipped at once and taken back
validation     images kept for validation, mixed into the queue, given back
"""
