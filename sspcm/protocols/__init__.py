"""Published experiments as files: which persons are labelled, unlabelled and measured on, and for how long.

people     who is labelled, unlabelled and measured on; nobody in two of them
protocol   a published experiment as a TOML file
published  annotations files as they are published, quirks and all
"""
