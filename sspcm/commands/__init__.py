"""The `sspcm` command: one file a command. torch is imported once the options are read.

check             `sspcm check`
devices           where a command computes
draw              `sspcm draw`
dry_run           what `--dry-run` reports
errors            which errors are reported in one line
evaluate          `sspcm evaluate`
evaluate_ranking  `sspcm evaluate --ranking`
export            `sspcm export`
members           several networks' predictions of one file, read
options           the options of every command, without torch
outputs           nothing is written over unless an option says so
predict           `sspcm predict`
processes         several processes that train together, as torchrun starts them
rank              `sspcm rank`
round             `sspcm round`
score             `sspcm score`
simulate          `sspcm simulate`
train             `sspcm train`
"""
