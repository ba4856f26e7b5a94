"""How good predictions are, beside labels.

agreement         how two people who label the same persons differ, and the sigmas that this makes
choosing          which of two networks is surely the better one
coco_figures      predictions beside annotations: pycocotools' figures, OKS, errors
coco_matching     pycocotools' measure for keypoints over whole arrays: OKS, the match, precision by recall
metrics           OKS, AP, agreement of two labellings
prediction_files  files of predictions, and several networks' side by side
rank_scores       scores that a ranking may go by, and the baselines
probes            a keypoint of a start put wrong to see whether anybody looks, and put right again
ranking_figures   how good an order is, with intervals over images
shares            how sure a share is that was counted on some of many
visibility        which predicted keypoints a start shows as visible, hidden or absent
"""
