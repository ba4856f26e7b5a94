"""How good predictions are, beside labels.

choosing      which of two networks is surely the better one
coco_figures  predictions beside annotations: pycocotools' figures, OKS, errors
metrics       OKS, AP, agreement of two labellings
"""
