"""What differs between the stories of the kinds: the task type, the output, who answers what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from shared.contracts.question import Answer

SOURCE = "/models/scene"
LATE = "w-late"
"""Who lets the offer run out, and answers before the last of the others."""
ACCEPT_SECONDS = 3


@dataclass(frozen=True)
class Scene:
    """A task type of one kind, one output of it, and what people say to that.

    row: the fields that the kind adds to a task type, and its `stopping`. response: the output in
    the format `sentuh.output`, without its confidence, which is low. answers: those of `w-1`,
    `w-2` and so on, one each; the task asks for as many. late: the answer of `w-late`. bad: what
    `w-1` sends before, and in which words each is refused. verdict: what comes out. told: what
    `sentuh trace` says of an answer.
    Example: see `tests/kinds/choice.py`.
    """

    kind: str
    row: Mapping[str, JsonValue]
    response: Mapping[str, JsonValue]
    answers: Sequence[Answer]
    late: Answer
    bad: Sequence[tuple[JsonValue, str]]
    verdict: Answer
    told: str
    more: Mapping[str, JsonValue] = field(default_factory=dict)
    """Further fields of the output's envelope, such as `media`."""
    beside: Mapping[str, JsonValue] = field(default_factory=dict)
    """Further task types that its own one names."""
    rate_card: Mapping[str, JsonValue] = field(
        default_factory=lambda: {"currency": "USD", "amount_minor": 5}
    )

    @property
    def name(self) -> str:
        """The name of its task type, of its rate card and of the skill it needs."""
        return f"kind-{self.kind.replace('_', '-')}"

    @property
    def workers(self) -> Mapping[str, Answer]:
        """What each worker answers who is in time."""
        return {f"w-{at}": answer for at, answer in enumerate(self.answers, 1)}

    def task_type(self, accept_seconds: int = ACCEPT_SECONDS) -> dict[str, JsonValue]:
        """Return the task type as the catalog has it."""
        return {
            "kind": self.kind,
            "pool": "main",
            "question": "What do you say?",
            "requirement": {"skills": {self.name: 1}},
            "gate": {"threshold": 0.9, "audit_share": 0.0},
            "answers": {"min": len(self.answers), "max": len(self.answers)},
            "times": {
                "accept_seconds": accept_seconds,
                "answer_seconds": 60,
                "task_seconds": 600,
            },
            "rate_card": self.name,
            **self.row,
        }

    def output(self, id_: str = "o-1") -> dict[str, JsonValue]:
        """Return the output that people are asked about, as the model's side sends it."""
        response: JsonValue = {**self.response, "confidence": {"value": 0.1}}
        return {
            "source": SOURCE,
            "id": id_,
            "task_type": self.name,
            "format": "sentuh.output",
            "response": response,
            **self.more,
        }


def catalog_of(*scenes: Scene) -> dict[str, JsonValue]:
    """Return a catalog that has nothing but the task types of these scenes."""
    return {
        "skills": {scene.name: "can be asked" for scene in scenes},
        "rate_cards": {scene.name: dict(scene.rate_card) for scene in scenes},
        "task_types": {
            name: row
            for scene in scenes
            for name, row in ({scene.name: scene.task_type()} | dict(scene.beside)).items()
        },
    }
