"""Published experiments as files: which persons are labelled, unlabelled and measured on, and how long to train."""
