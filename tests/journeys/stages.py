"""Task types with a second stage, and what people say in each of the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from shared.contracts.question import Answer
from tests.kinds import SCENES
from tests.kinds.scene import Scene
from tests.kinds.text import COMPARE

ACCEPT_SECONDS = 10
"""So long one who is late is waited for, and a busy machine may take to hand on an answer."""
ONLY_THESE = "rank these candidates, and no others: "


@dataclass(frozen=True)
class Stage:
    """A task type whose answers others compare, and what is answered.

    written: what each author answers, all distinct; the first is what those who rank prefer.
    more: fields of the task type other than those of the kind's scene.
    """

    scene: Scene
    written: Sequence[Answer]
    more: Mapping[str, JsonValue]

    @property
    def name(self) -> str:
        """The name of its task type, and of the skill that it needs."""
        return f"two-stages-{self.scene.kind}"

    def rows(self) -> Mapping[str, JsonValue]:
        """Return the two task types, by name."""
        skill: JsonValue = {"skills": {self.name: 1}}
        of_both: dict[str, JsonValue] = {"requirement": skill, "rate_card": self.scene.name}
        second = f"compare-{self.name}"
        first = {**self.scene.task_type(ACCEPT_SECONDS), **self.more, **of_both, "then": second}
        return {self.name: first, second: {**COMPARE, **of_both}}


STAGES: Mapping[str, Stage] = {
    "text": Stage(
        scene=SCENES["text"],
        written=(
            {"text": "We look forward to hearing from you."},
            {"text": "We hope to hear from you soon."},
            {"text": "Looking forward to your reply."},
        ),
        more={},
    ),
    "transcript": Stage(
        scene=SCENES["transcript"],
        written=(
            {"text": "I see the big cat."},
            {"text": "I sea a pig, Kate."},
            {"text": "I see the big bat.", "unclear": [[0.0, 0.4]]},
        ),
        # Three who hear three different things leave more doubt than that.
        more={"stopping": {"word_error_max": 0.001}},
    ),
}
"""By the kind of the first stage."""
