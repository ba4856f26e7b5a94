"""The routes that answer with JSON and files, one file a subject.

labelling  tasks, decisions, leases
sheet      the contact sheet and its thumbs
"""
