"""Accounts, whoever is signed in to them, and what they did.

audit     who did what, to be read and never changed
links     one-time links: a password chosen by whoever opens one, the first lead of an empty home
secrets   hashes of passwords and of tokens
sessions  signed-in browsers
tokens    API tokens
users     accounts
"""
