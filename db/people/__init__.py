"""Accounts, and the browsers that are signed in to them.

users  accounts and sessions
"""
