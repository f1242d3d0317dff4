"""Tests of the recordings that the demo speaks, where the wheels for it are installed."""
