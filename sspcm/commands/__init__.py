"""The `sspcm` command: one file a command. torch is imported once the options are read.

devices    where a command computes
draw       `sspcm draw`
dry_run    what `--dry-run` reports
errors     which errors are reported in one line
evaluate   `sspcm evaluate`
export     `sspcm export`
options    the options of every command, without torch
outputs    nothing is written over unless an option says so
predict    `sspcm predict`
processes  several processes that train together, as torchrun starts them
round      `sspcm round`
train      `sspcm train`
"""
