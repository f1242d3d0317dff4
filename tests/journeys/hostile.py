"""Records as an enemy or a careless sender writes them, each with the reason it is refused for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from services.router.tokens import Keys, sign
from shared.contracts.events.parts import Claims, Quote
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.topics import (
    ASSIGNMENTS,
    MODEL_OUTPUTS,
    RESPONSES,
    SERVICES,
    TASKS,
    VERDICTS,
    WORKERS,
    Topic,
)
from tests.journeys.stack import TOKEN_KEYS
from tests.services.intake.builders import PNG
from tests.support.builders import a_task

MARK = "hush-4711"
"""Stands in every payload, and may stand in no log and no header of ours."""
SOURCE = "/models/enemy"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Case:
    """One record, why it is refused, and who refuses it."""

    name: str
    topic: Topic
    reason: str
    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()
    by: Sequence[str] = field(default=("intake",))


def claims(worker_id: str = "w-b", task_id: str = "t-enemy", **more: object) -> Claims:
    """What a token for a digit states."""
    return Claims.model_validate({
        "pool": "main", "task_id": task_id, "task_type": "digits", "assignment_id": "a-enemy",
        "worker_id": worker_id, "place": 0, "turn": 1, "options": ("0", "1"),
        "quote": Quote(amount_minor=5, currency="USD", exponent=2),
        "accept_by": NOW + timedelta(hours=1), "answer_by": NOW + timedelta(hours=2), **more,
    })  # fmt: skip


def token(of: Claims) -> str:
    """A token as the router signs it."""
    return sign(of, Keys.of(TOKEN_KEYS))


TOKEN = token(claims())


def an_output(**fields: JsonValue) -> dict[str, JsonValue]:
    """A sure output in our envelope; nobody would be asked about it."""
    response: JsonValue = {"classes": ["0", "1"], "probabilities": [0.0001, 0.9999], "note": MARK}
    return {"source": SOURCE, "id": "o-1", "response": response, "media": PNG, **fields}


def raw(value: JsonValue) -> bytes:
    """JSON text."""
    return json.dumps(value).encode()


def cases() -> list[Case]:
    """All of them, each under a name of its own."""
    return [*_any_topic(), *_outputs(), *_responses(), *_keys(), *_journals()]


GARBAGE: Mapping[str, tuple[bytes | None, str]] = {
    "1 tombstone": (None, "tombstone"),
    "2 empty": (b"", "json_invalid"),
    "15 truncated": (b'{"id": "' + MARK.encode(), "json_invalid"),
    "16 trailing object": (b'{"id": "a"}{}', "json_invalid"),
    "17 null": (b"null", "not_object"),
    "17 list": (b"[]", "not_object"),
    "17 text": (b'"x"', "not_object"),
    "20 invalid utf-8": (b'{"id": "\xff' + MARK.encode() + b'"}', "json_invalid"),
    "22 brackets": (b"[" * 30_000, "too_deep"),
    "23 objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "too_deep"),
    "24 endless integer": (b'{"id": ' + b"7" * 5_000 + b"}", "json_invalid"),
    "26 key twice": (b'{"task_id": "a", "task_id": "' + MARK.encode() + b'"}', "dup_key"),
    "31 NaN": (b'{"confidence": NaN}', "json_invalid"),
    "31 Infinity": (b'{"confidence": -Infinity}', "json_invalid"),
    "31 beyond floats": (b'{"confidence": 1e400}', "json_invalid"),
}


def _any_topic() -> Iterator[Case]:
    for name, (value, reason) in GARBAGE.items():
        yield Case(f"{name} (output)", MODEL_OUTPUTS, reason, value, key=b"k")
        answered = (("ce_type", OfferAnswered.TYPE.encode()),)
        yield Case(f"{name} (response)", RESPONSES, reason, value, b"t-enemy", answered, _ROUTER)
        profiled = (("ce_type", WorkerProfiled.TYPE.encode()),)
        # Without a value it is a leave there, see `test_strangers_leave_without_a_trace`.
        if value is not None and len(value) <= WORKERS.size_bytes_max:
            yield Case(f"{name} (worker)", WORKERS, reason, value, b"w-enemy", profiled, _ROUTER)


_ROUTER = ("router",)
_BAD_IDS = {
    "35 NUL": "o\x00", "35 newline": "o\n1", "35 RTL": "o\u202e1", "35 zero width": "o\u200b1",
    "35 fullwidth": "\uff4f1", "36 long": "o" * 100_000, "37 glob": "a:b{c}*",
}  # fmt: skip
_URLS = ("file:///etc/passwd", "javascript:alert(1)", "data:text/html,x")
_CE = {
    "ce_specversion": "1.0", "ce_type": "model.output.v1", "ce_source": SOURCE, "ce_id": "o-1",
}  # fmt: skip


def _outputs() -> Iterator[Case]:
    wrong: dict[str, JsonValue] = {"int": 7, "bool": True, "list": ["o-1"]}
    for name, bad in wrong.items():
        yield _output(f"34 id {name}", "invalid_field", id=bad)
    for name, text in _BAD_IDS.items():
        yield _output(name, "bad_id", id=text)
    for url in _URLS:
        yield _output(f"46 {url}", "bad_url", media={"ref": url})
    yield _output("30 unknown field", "extra_forbidden", is_admin=True)
    yield _output("54 task type", "unknown_task_type", task_type="unheard-of")
    yield _event("53 version", "unknown_version", ce_type="model.output.v99")
    yield _event("53 type", "unsupported", ce_type="something.else.v1")
    padding = "x" * MODEL_OUTPUTS.size_bytes_max
    yield _output("10 above our limit", "too_large", request=padding)


def _output(name: str, reason: str, **fields: JsonValue) -> Case:
    return Case(name, MODEL_OUTPUTS, reason, raw(an_output(**fields)))


def _event(name: str, reason: str, **headers: str) -> Case:
    said = {**_CE, **headers}.items()
    body = {k: v for k, v in an_output().items() if k not in {"source", "id"}}
    encoded = tuple((header, text.encode()) for header, text in said)
    return Case(name, MODEL_OUTPUTS, reason, raw(body), None, encoded)


def _flipped(part: int) -> str:
    """The token with one bit of a part changed."""
    parts = TOKEN.split(".")
    text = parts[part]
    parts[part] = ("B" if text[0] == "A" else "A") + text[1:]
    return ".".join(parts)


def _responses() -> Iterator[Case]:
    for name, bad in (("empty", ""), ("dots", "..."), ("no base64", "a.b!.c"), ("word", MARK)):
        yield _response(f"57 {name}", "bad_token", token=bad)
    yield _response("57 absent", "bad_token", token=...)
    yield _response("58 payload", "bad_signature", token=_flipped(1))
    yield _response("58 signature", "bad_signature", token=_flipped(2))
    yield _response("59 another's token", "worker_mismatch", worker_id="w-a")
    yield _response("62 quote in the body", "extra_forbidden", quote={"amount_minor": 10**6})
    yield _response("71 no option", "bad_answer", answer=MARK)
    yield _response("71 wrong type", "bad_answer", answer=7)
    yield _response("53 version", "unknown_version", event="offer.answered.v99")
    yield _response("53 type", "unsupported", event="worker.promoted.v1")


def _response(name: str, reason: str, *, event: str = OfferAnswered.TYPE, **fields: object) -> Case:
    body = {
        "pool": "main", "at": NOW.isoformat(), "task_id": "t-enemy", "worker_id": "w-b",
        "token": TOKEN, "answer": "1", **fields,
    }  # fmt: skip
    value = json.dumps({field: said for field, said in body.items() if said is not ...}).encode()
    headers = (("ce_type", event.encode()),)
    return Case(f"{name} (response)", RESPONSES, reason, value, b"t-enemy", headers, _ROUTER)


def _keys() -> Iterator[Case]:
    """A compacted topic without a key is the broker's to refuse."""
    profile = WorkerProfiled(pool="main", at=NOW, worker_id="w-enemy").model_dump_json().encode()
    profiled = (("ce_type", WorkerProfiled.TYPE.encode()),)
    yield Case("9 key another", WORKERS, "key_mismatch", profile, b"w-other", profiled, _ROUTER)
    for name, key in (("9 key another", b"t-other"), ("9 key none", None)):
        yield replace(_response(name, "key_mismatch"), key=key)


def _readers(topic: Topic) -> tuple[str, ...]:
    return tuple(name for name in topic.readers if name in SERVICES)


def _journals() -> Iterator[Case]:
    """What another principal puts where only we write; a broker's rights are to keep it out."""
    task = a_task("t-enemy").model_dump_json().encode()
    named = (("ce_type", b"task.created.v1"),)
    for topic in (TASKS, ASSIGNMENTS, VERDICTS):
        by = _readers(topic)
        yield Case(f"1 tombstone ({topic.name})", topic, "tombstone", None, b"t-enemy", (), by)
        yield Case(f"53 type ({topic.name})", topic, "unsupported", b"{}", b"t-enemy", (), by)
    by = _readers(TASKS)
    yield Case("9 key another (tasks)", TASKS, "key_mismatch", task, b"t-2", named, by)
    yield Case("15 truncated (tasks)", TASKS, "json_invalid", task[:99], b"t-enemy", named, by)
