"""The scene of a rating."""

from tests.kinds.scene import Scene

SCENE = Scene(
    kind="rating",
    row={
        "low": 1,
        "high": 5,
        "step": 0.5,
        "words": [{"at": 1, "show": "bad"}, {"at": 5, "show": "excellent"}],
        "stopping": {"tolerance": 0.5},
    },
    response={"text": "a sentence read aloud", "answer": 2.5},
    answers=[4, 4.5, 4],
    late=1,
    bad=[
        (4.2, "answer in steps of 0.5 from 1 to 5: the nearest is 4"),
        (6, "answer with a number from 1 to 5"),
        ("4", "answer with a number, not in quotes, from 1 to 5"),
        (True, "answer with a number, not in quotes, from 1 to 5"),
        ([4], "answer with a number, not in quotes, from 1 to 5"),
    ],
    verdict=4.1667,
    told="answered 4",
)
