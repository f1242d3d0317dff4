"""CPU of intake for one output, by its format, the gate and redaction: all but broker and Redis."""

import asyncio
import gc
import json
import time
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from bench.side.borrowed import Names, TopicLogs, cases, inside
from services.intake.catalog import load
from shared.contracts.record import Outgoing
from shared.contracts.topics import MODEL_OUTPUTS

CATALOG = Path("deploy") / "catalog.yaml"
"""The catalog that the measured checkout ships."""
_TEXT = "The parcel of {0} May is late: I ask for 25 EUR back."
_TO_REDACT = "The parcel is late: call 0812{0:08} or write to ana{0}@example.com."
_EACH_REDACTED = {"redacting none": 0, "redacting some": 4, "redacting all": 1}
"""Of so many outputs one holds a phone number and an address."""
_CONDITION = ("text_length > 2000 || confidence < 0.1",)
_KINDS = ("email", "phone", "payment_card", "iban", "nik", "npwp")


def _chat(text: str) -> dict[str, Any]:
    tokens = [{"token": text, "logprob": -0.31, "top_logprobs": []}]
    return {
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
                "logprobs": {"content": tokens},
            }
        ],
    }


def payload(name: str, number: int) -> dict[str, Any]:
    """Return one output in this format, or for this way of redacting."""
    if name in _EACH_REDACTED:
        each = _EACH_REDACTED[name]
        return _chat((_TO_REDACT if each and number % each == 0 else _TEXT).format(number))
    segment = {"id": 0, "start": 0.0, "end": 3.2, "text": _TEXT, "avg_logprob": -0.2}
    return {
        "openai.chat": _chat(_TEXT),
        "hf.text-classification": {
            "request": _TEXT,
            "response": [{"label": "BAD", "score": 0.62}, {"label": "GOOD", "score": 0.38}],
        },
        "whisper.verbose_json": {
            "response": {"text": _TEXT, "language": "en", "duration": 3.2, "segments": [segment]},
            "media": {"ref": "s3://calls/a.wav"},
        },
        "sklearn.proba": {
            "task_type": "digits",
            "response": {"classes": ["0", "1"], "probabilities": [0.58, 0.42]},
            "media": {"ref": "s3://calls/a.png"},
        },
        "sentuh.output": {"answer": "right", "text": _TEXT, "confidence": {"value": 0.2}},
    }[name]


def cpu(*, name: str, count: int, gated: bool = False, redacts: bool = False) -> float:
    """Return microseconds of CPU for an output: it is read, decided, folded, and its task written.

    `gated`: the task type of chats has a condition more; `redacts`: it redacts all it can.
    """
    return asyncio.run(_cpu(name, count, gated=gated, redacts=redacts))


async def _cpu(name: str, count: int, *, gated: bool, redacts: bool) -> float:
    names = Names("formats-")
    catalog = _catalog(gated=gated, redacts=redacts)
    with mock.patch.object(inside, "catalog", return_value=catalog):
        service = inside.build("intake", names)
    desk = inside.Desk(service, inside.memory_store(service), TopicLogs(names))
    topic = names.of(MODEL_OUTPUTS)
    sent = [
        Outgoing(topic, None, json.dumps(payload(name, number)).encode(), ())
        for number in range(count)
    ]
    records = await cases.records_of(names, sent)
    gc.collect()
    began = time.process_time()
    await desk.take(records)
    return (time.process_time() - began) / count * 1e6


@cache
def _catalog(*, gated: bool, redacts: bool) -> Any:
    catalog = load(CATALOG)
    name = catalog.task_type_for("openai.chat")
    row = catalog.task_types[name]
    if gated and row.gate is not None:
        row = row.model_copy(update={"gate": row.gate.model_copy(update={"review_if": _CONDITION})})
    if redacts:
        row = row.model_copy(update={"redact": _KINDS})
    return catalog.model_copy(update={"task_types": {**catalog.task_types, name: row}})
