"""The scene of a choice."""

from tests.kinds.scene import Scene

SCENE = Scene(
    kind="choice",
    row={"options": ["yes", "no"], "stopping": {"confidence": 0.9}},
    response={"answer": "no"},
    answers=["yes", "yes", "yes"],
    late="no",
    bad=[
        ("maybe", "answer with one of the offer's options, exactly"),
        (7, "answer with one of the offer's options, exactly"),
        (["yes"], "answer with one of the offer's options, exactly"),
    ],
    verdict="yes",
    told="answered “yes”",
)
