"""The scene of choices."""

from tests.kinds.scene import Scene

SCENE = Scene(
    kind="choices",
    row={
        "options": ["blurred", {"label": "dark", "aliases": ["LABEL_1"]}, "cropped", "fine"],
        "picks_min": 1,
        "picks_max": 3,
        "stopping": {"confidence": 0.9},
    },
    response={"answer": ["LABEL_1", "fine"]},
    answers=[["dark", "blurred"], ["blurred", "dark"], ["dark", "blurred", "cropped"]],
    late=["fine"],
    bad=[
        ("dark", 'answer with a list of the offer\'s options: ["...", "..."], or [] for none'),
        ([], "pick at least 1 of the offer's options"),
        (["dark", "fine", "cropped", "blurred"], "pick at most 3 of the offer's options"),
        (["dark", "dark"], "list each option once: entry 2 is there before"),
        (
            ["dark", "loud"],
            "write entry 2 exactly as one of the offer's options, or leave it out",
        ),
        (
            [1],
            "write entry 1 as text, in quotes, exactly as one of the offer's options,"
            " or leave it out",
        ),
    ],
    verdict=["blurred", "dark"],
    told="answered “blurred”, “dark”",
)
