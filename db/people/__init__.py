"""Accounts, whoever is signed in to them, and what they did.

audit       who did what, to be read and never changed
identities  who of a provider signs in to which account
links       one-time links: a password chosen by whoever opens one, the first lead of an empty home
secrets     hashes of passwords and of tokens
sessions    signed-in browsers
tokens      API tokens
users       accounts
"""
