"""Formats of language models: what their servers answer, a whole answer at a time."""

from services.intake.formats.chat import (
    anthropic_messages,
    batch_line,
    gemini,
    llamacpp_completion,
    ollama,
    openai_chat,
    openai_completion,
    openai_responses,
)

FORMATS = (
    openai_chat.FORMAT,
    openai_completion.FORMAT,
    openai_responses.FORMAT,
    anthropic_messages.FORMAT,
    gemini.FORMAT,
    ollama.FORMAT,
    llamacpp_completion.FORMAT,
    batch_line.FORMAT,
)
