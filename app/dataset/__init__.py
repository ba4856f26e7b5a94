"""Images and labels in, COCO keypoints out.

categories             which category of a further COCO file is the home's
exporting              COCO keypoints out
finding_images         which files of a folder are images, which are passed over; links followed
headers                a further COCO file's header beside the home's own
importing              a folder of images in
keeping                what an import keeps for validation
labels_made_elsewhere  a lead's file of labels for images that are here
matching_names         a COCO file's file names and the folder's, however they are written
merging_labels         what a file says of images that are here, as messages
naming_images          which files and which images of a COCO file go together, as messages
placing                the camera of an image, and its frame number there
report                 what an import did
"""
