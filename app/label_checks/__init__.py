"""Checks of the accepted labels: what looks wrong is kept, shown on the contact sheet, and called right by a lead.

checking   a check of all accepted labels: when one is due, and what it leaves in the store
gathering  the accepted labels beside what networks say that did not learn from them
told       how the last check stands, in words
"""
