"""Golds: listed, due, placed, contradicted."""
