"""Formats of data sets: rows for preferences, and tasks that another tool prepared."""

from services.intake.formats.datasets import arena, json_record, label_studio, trl

FORMATS = (
    json_record.FORMAT,
    trl.PREFERENCE,
    trl.UNPAIRED,
    arena.FORMAT,
    label_studio.FORMAT,
)
