"""The commands as the command line sees them: options, and what to run; one file each.

Each has `add_parser(commands)` and sets `run`; what it needs beyond argparse is imported by `run`.
"""
