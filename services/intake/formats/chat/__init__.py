"""Formats of language models: what their servers answer, a whole answer at a time."""

from services.intake.formats.chat import openai_chat

FORMATS = (openai_chat.FORMAT,)
