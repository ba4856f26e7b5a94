"""How good predictions are, beside labels.

coco_figures  predictions beside annotations: pycocotools' figures, OKS, errors
metrics       OKS, AP, agreement of two labellings
"""
