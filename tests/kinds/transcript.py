"""The scene of a transcript."""

from tests.kinds.scene import Scene

SCENE = Scene(
    kind="transcript",
    row={"language": "en", "stopping": {"word_error_max": 0.07}},
    response={"text": "i sea the big kat"},
    answers=[
        {"text": "I see the big cat.", "unclear": [[0.0, 0.4]]},
        {"text": "I see the big cat."},
        {"text": "i see a big cat"},
    ],
    late={"text": "nothing at all"},
    bad=[
        ("I see the big cat", 'answer with an object: {"text": "what is said"}'),
        (
            {"text": " "},
            '"text" is empty: write what is said, and list what cannot be understood in unclear',
        ),
        (
            {"text": "cat", "unclear": [[2, 1]]},
            '"unclear" entry 0 ends at 1 and starts at 2: put the start first',
        ),
    ],
    verdict={"text": "I see the big cat."},
    told="answered “I see the big cat.”",
)
