"""Formats of classifiers and of the servers that they stand behind."""

from services.intake.formats.classifiers import sklearn_proba

FORMATS = (sklearn_proba.FORMAT,)
