"""One model output of the demo, its right answer, and the three ways it goes on the wire."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from shared.contracts.events.model import natural_id
from shared.contracts.question import Answer
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED

Mode = Literal["binary", "structured", "bare"]
MODES: tuple[Mode, ...] = ("binary", "structured", "bare")
CLOUD_EVENT_TYPE = "model.output.v1"

Wire = tuple[bytes, tuple[tuple[str, bytes], ...]]
"""A record's value and headers."""


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """An output that an upstream publishes (`envelope`), and its right answer.

    `truth` is the right answer to the task type's question. `model_answer` is what stands if
    nobody is asked. Neither of them is ever sent.
    """

    source: str
    id: str
    format: str
    task_type: str
    correlation_id: str
    envelope: dict[str, JsonValue]
    truth: Answer
    model_answer: Answer
    kind: str = KIND_IF_NONE_IS_NAMED

    def wire(self, mode: Mode) -> Wire:
        """Encode the output as a record: CloudEvents binary or structured, or the bare envelope."""
        body = {**self.envelope, "format": self.format}
        attributes: dict[str, JsonValue] = {
            "specversion": "1.0",
            "type": CLOUD_EVENT_TYPE,
            "source": self.source,
            "id": self.id,
            "correlationid": self.correlation_id,
        }
        if mode == "structured":
            event = {**attributes, "datacontenttype": "application/json", "data": body}
            return _json(event), (("content-type", b"application/cloudevents+json"),)
        if mode == "binary":
            headers = tuple(
                (f"ce_{name}", str(value).encode()) for name, value in attributes.items()
            )
            return _json(body), (*headers, ("content-type", b"application/json"))
        own = {"source": self.source, "id": self.id, "correlation_id": self.correlation_id}
        return _json({**own, **body}), ()


@dataclass(frozen=True, slots=True)
class Truth:
    """The right answer of one output: known to the report and the simulated people alone."""

    source: str
    id: str
    task_type: str
    truth: Answer
    model_answer: Answer
    kind: str = KIND_IF_NONE_IS_NAMED

    @property
    def task_id(self) -> str:
        """The id of the task that the output becomes, if it becomes one."""
        return natural_id("output", self.source, self.id)


def truth_of(output: ModelOutput) -> Truth:
    """Return the part of an output that is never sent."""
    return Truth(
        output.source,
        output.id,
        output.task_type,
        truth=output.truth,
        model_answer=output.model_answer,
        kind=output.kind,
    )


def write_truths(path: Path, truths: Sequence[Truth]) -> None:
    """Write the truths, one JSON object a line; a reader finds the whole file or none."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text("".join(json.dumps(asdict(truth)) + "\n" for truth in truths))
    unfinished.replace(path)


def read_truths(path: Path) -> dict[str, Truth]:
    """Load the truths that `write_truths` wrote, by task id."""
    truths = [Truth(**json.loads(line)) for line in path.read_text().splitlines()]
    return {truth.task_id: truth for truth in truths}


def _json(value: JsonValue | dict[str, JsonValue]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
