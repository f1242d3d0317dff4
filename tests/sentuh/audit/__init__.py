"""The audit, over journals made by hand: clean ones, and ones with one thing wrong."""
