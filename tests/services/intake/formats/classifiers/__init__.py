"""Tests of the formats of classifiers and of the servers that they stand behind."""
