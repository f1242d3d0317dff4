"""Tests of the model as a witness beside people."""
