"""Formats of language models."""
