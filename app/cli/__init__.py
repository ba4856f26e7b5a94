"""The command line: a command's options and body are in one file.

What a body works with is imported when it runs: `--help` and a misspelt command answer at once.

accounts     accounts, and the log of who did what
agreement    how people agree who labelled the same persons, and sigmas fitted from it
backups      a home into one file, and out of it
bucket       puts a home's files into its bucket
cameras      cameras and their lens circles
comparing    two rounds side by side
console      what commands print: JSON for programs, lines for people
dataset      images and labels in, labels out, a pose model over the pool
deletion     images and persons deleted for good
figures      what each annotator did, by week
findings     labels that look wrong: checked, listed, called right
labels       a person's labels as they came about, and one of them brought back
leads        which lead a command acts for
options      options that several commands share
probes       keypoints put wrong on purpose, and how closely annotators look
queue        what annotators get next
review       what reviewers said of labels, and how much is reviewed
rounds       rounds: launched, listed, shown
running      a command is carried out, and what went wrong is said in one sentence
serving      the demo, the server, the worker, the store's upgrade
simulation   what more labels would bring, simulated on those there are
skeletons    the home's skeleton, shown and corrected
store        the store as commands open it
targets      the file that a command writes
unlabelable  people too small or too dark to label
validation   people kept to measure rounds by
work         images given to people, and how many are left
workers      every worker, what it does, and when it was heard of
"""
