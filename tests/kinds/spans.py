"""The scene of spans: names in a sentence, one of which the model missed."""

from pydantic import JsonValue

from tests.kinds.scene import Scene

TEXT = "Ann 👋 met Bob in Bogor."
ANN: dict[str, JsonValue] = {"start": 0, "end": 3, "label": "name"}
BOB: dict[str, JsonValue] = {"start": 10, "end": 13, "label": "name"}
BOGOR: dict[str, JsonValue] = {"start": 17, "end": 22, "label": "place"}

SCENE = Scene(
    kind="spans",
    row={"labels": ["name", "place"], "stopping": {"confidence": 0.9}},
    response={"text": TEXT, "answer": [BOB, BOGOR]},
    answers=[[ANN, BOB, BOGOR], [BOGOR, BOB, ANN], [ANN, {**BOB, "end": 14}, BOGOR]],
    late=[],
    bad=[
        (
            "Ann",
            'answer with a list of spans: [{"start": 0, "end": 4, "label": "..."}];'
            " [] where nothing is to mark",
        ),
        (
            [{**ANN, "end": 0, "start": 3}],
            "span 1: its end is below its start; send the lower one as start",
        ),
        (
            [{**BOGOR, "end": 30}],
            "span 1: it goes past the end of the text, which has 23 code points;"
            " send offsets in code points, not in bytes or UTF-16 units",
        ),
        ([ANN, ANN], "span 2 is span 1 again; leave it out"),
    ],
    verdict=[ANN, BOB, BOGOR],
    told="answered 3 spans (2 × name, 1 × place)",
)
