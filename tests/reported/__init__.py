"""What people reported of other tools, what real programs put out, and what must come of each.

`inputs/`, `samples/` and `further/` hold the inputs, `expected.yaml` what is right for each.
`python -m tests.reported` tries all of them on a real broker and prints a table.
"""
