"""The commands of the command line, one file each: options, help, example, and what to run.

A file imports only what its options need. The modules that do the work are imported by the
function that runs, so that `sentuh --help` stays fast.
"""
