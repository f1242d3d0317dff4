"""Formats of data sets: rows for preferences, and tasks that another tool prepared."""

from services.intake.formats.payload import Format

FORMATS: tuple[Format, ...] = ()
