"""Formats of Hugging Face pipelines."""

from services.intake.formats.pipelines import hf_text_classification

FORMATS = (hf_text_classification.FORMAT,)
