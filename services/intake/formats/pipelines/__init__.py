"""Formats of Hugging Face pipelines."""

from services.intake.formats.pipelines import (
    hf_question_answering,
    hf_speech_recognition,
    hf_text_classification,
    hf_token_classification,
)

FORMATS = (
    hf_text_classification.FORMAT,
    hf_token_classification.FORMAT,
    hf_question_answering.FORMAT,
    hf_speech_recognition.FORMAT,
)
