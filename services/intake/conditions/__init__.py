"""Conditions in CEL over the facts of an output, by which a gate sends it to people."""
