"""The scene of a choice."""

from tests.kinds.scene import Scene

NO_TEXT = "answer with one of the offer's options as text, in quotes, exactly"

SCENE = Scene(
    kind="choice",
    row={"options": ["yes", "no"], "stopping": {"confidence": 0.9}},
    response={"answer": "no"},
    answers=["yes", "yes", "yes"],
    late="no",
    bad=[
        ("maybe", "answer with one of the offer's options, exactly"),
        (7, NO_TEXT),
        (["yes"], NO_TEXT),
    ],
    verdict="yes",
    told="answered “yes”",
)
