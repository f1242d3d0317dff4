"""Intake fed with broken outputs for as long as one likes: `make fuzz ARGS="--inputs 1000000"`."""
