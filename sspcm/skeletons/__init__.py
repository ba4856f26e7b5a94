"""Skeletons: keypoints, edges, sigmas, and which keypoint is left and which right.

side_words  the words for left and right, and the body parts they may be glued to
sides       left and right by names, in every published convention
skeleton    names, edges, mirror, sigmas; four built in, others from a file
"""
