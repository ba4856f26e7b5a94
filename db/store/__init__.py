"""The database: opening it, transactions, turns of writers, migrations.

backing_up    a store copied as it is at one moment, while others write
connections   connections to either database, and how a transaction on SQLite begins
copying_rows  rows of one store into another, and which never come along
full_disk     whether a disk is full, as SQLite says it
migrating     to the newest schema, or why not
moving        a SQLite store is copied into a new one, to outgrow SQLite
session       opening the store; a transaction and a reading
store_files   a SQLite store's file: is it one, does its name last, a copy of it
turns         writers of one process take turns, first come, first served
"""
