"""The scene of a preference: three answers of a model, of which two people like the second."""

from tests.kinds.scene import Scene

FORM = 'answer with {"ranking": [["c1"], ["c2"], ["c3"]]}, best first, or {"none": true}'

SCENE = Scene(
    kind="preference",
    row={"none": True, "stopping": {"confidence": 0.6}},
    response={
        "candidates": [
            {"id": "c1", "text": "The train leaves at nine."},
            {"id": "c2", "text": "The train leaves at nine from platform four."},
            {"id": "c3", "text": "I cannot say when the train leaves."},
        ]
    },
    answers=[
        {"ranking": [["c2"], ["c1"], ["c3"]]},
        {"ranking": [["c2"], ["c3"], ["c1"]]},
        {"ranking": [["c2"], ["c1"], ["c3"]]},
    ],
    late={"none": True},
    bad=[
        ("c2", FORM),
        ({"ranking": [["c2"], ["c1"]], "none": True}, FORM),
        ({"ranking": ["c2", "c1", "c3"]}, f"write each place as a list of ids: {FORM[12:]}"),
        ({"ranking": [["c2"], ["c1"], ["c4"]]},
         "rank the offer's candidates by their ids (c1, c2, c3): place 3 names another"),
        ({"ranking": [["c2"], ["c1"], ["c3"], ["c1"]]},
         "name each candidate once: c1 is ranked 2 times"),
        ({"ranking": [["c2"], ["c1"]]}, "rank every candidate: c3 is missing"),
        ({"ranking": [["c2"], ["c1", "c3"]]},
         "put one candidate in each place: here none may be equal"),
        ({"none": False}, 'send {"none": true}, or a ranking'),
    ],
    verdict={"ranking": [["c2"], ["c1"], ["c3"]]},
    told="answered c2, then c1, then c3",
)  # fmt: skip
