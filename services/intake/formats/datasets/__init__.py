"""Formats of data sets: rows for preferences, and tasks that another tool prepared."""

from services.intake.formats.datasets import json_record

FORMATS = (json_record.FORMAT,)
