"""The scene of a record: an invoice, of which the model read the total wrong."""

from pydantic import JsonValue

from tests.kinds.scene import Scene

READ: dict[str, JsonValue] = {"seller": "Kopi Pagi", "total": "1250.00", "currency": "IDR"}
RIGHT: dict[str, JsonValue] = {**READ, "total": "12500.00"}

SCENE = Scene(
    kind="record",
    row={
        "fields": [
            {"name": "seller"},
            {"name": "total", "kind": "number", "low": 0, "decimals": 2},
            {"name": "currency", "kind": "choice", "options": ["IDR", "USD"]},
            {"name": "lines", "kind": "number", "as_text": False, "required": False},
        ],
        "stopping": {"confidence": 0.9},
    },
    response={"answer": READ},
    more={"request": "INVOICE Kopi Pagi ... Rp 12.500"},
    answers=[RIGHT, {**RIGHT, "total": 12500}, {**RIGHT, "seller": "KOPI PAGI"}],
    late=READ,
    bad=[
        (
            [],
            'answer with an object, {"field": value}: a value for each of the question\'s fields,'
            " under its name",
        ),
        ({**RIGHT, "total": None}, "total: it is missing; send what stands there"),
        (
            {**RIGHT, "selller": "x"},
            "value 4 is of a field that is not asked for: did you mean seller?",
        ),
        ({**RIGHT, "lines": "3"}, "lines: send a JSON number, without quotes"),
    ],
    verdict=RIGHT,
    told="answered seller “Kopi Pagi”, total “12500.00”, currency “IDR”",
)
