"""The command line: every command's options and body.

commands  what each command does
console   what commands print: JSON for programs, lines for people
"""
