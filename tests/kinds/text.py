"""The scene of a text: all authors write the same, so there is nothing for others to compare."""

from pydantic import JsonValue

from tests.kinds.scene import Scene

COMPARE: dict[str, JsonValue] = {
    "kind": "preference",
    "pool": "main",
    "question": "Which text is the best?",
    "none": True,
    "requirement": {"skills": {"kind-text": 1}},
    "answers": {"min": 2, "max": 3},
    "stopping": {"confidence": 0.8},
    "times": {"accept_seconds": 60, "answer_seconds": 60, "task_seconds": 600},
    "rate_card": "kind-text",
}
"""The task type that decides between several texts."""
MENDED: JsonValue = {"text": "We look forward to hearing from you."}

SCENE = Scene(
    kind="text",
    row={
        "stopping": {"confidence": 0.9},
        "then": "compare-text",
        "characters_min": 10,
        "characters_max": 200,
    },
    beside={"compare-text": COMPARE},
    response={"text": "we look forward to here from you"},
    answers=[MENDED, {"text": " We look forward to hearing from you.\n"}, MENDED],
    late={"text": "We hope to hear from you soon."},
    bad=[
        ("We look forward to it.", 'answer with {"text": "..."}: the text, and no other field'),
        ({"text": " "}, "write a text: it is empty, or blanks alone"),
        ({"text": "Soon."}, "write at least 10 characters: it has 5"),
        ({"text": "x" * 201}, "shorten it to 200 characters: it has 201"),
    ],
    verdict=MENDED,
    told="answered “We look forward to hearing from you.”",
)
