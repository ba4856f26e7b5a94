"""What annotators do: get a task, decide about persons, begin from a start.

decisions       accept, skip, not a person, reopen, finish
earlier_frames  poses of the nearest earlier frame, to copy from
history         every label that a person had, as it came about, and one of them brought back
probes          starts with a keypoint put wrong, or not shown, to see whether anybody looks
starts          where a person's labelling may begin: label, student, model, nothing
tasks           the next image, one by its id, leases renewed and released
"""
