"""The same rooms in each service, under the same names."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.architecture.source import SERVICES, services

ROOMS = frozenset(
    {
        "__init__",
        "__main__",
        "service",
        "settings",
        "metrics",
        "decide",
        "fold",
        "keys",
        "load",
        "to_state",
        "state",
    }
)
"""What every service has: a file, or a folder where one file would be too long."""

OWN: Mapping[str, frozenset[str]] = {
    "intake": frozenset(
        {
            "arrived",
            "asked",
            "audio",
            "catalog",
            "cloudevents",
            "conditions",
            "connect",
            "envelope",
            "foreign",
            "formats",
            "gate",
            "joining",
            "media",
            "pay",
            "promise",
            "redaction",
            "schemas",
            "server_calls",
            "spread",
        }
    ),
    "router": frozenset(
        {
            *{"checks", "derive", "lanes", "rank", "sweep", "tokens"},
            *{"fold_people", "load_people", "spread", "sweep_root", "trim"},
            *{"to_state_parts", "to_state_people"},
        }
    ),
    "qa": frozenset(
        {
            *{"agreement", "answers", "counting", "second_stage", "sizes", "sweep", "votes"},
            *{"fold_rating", "fold_taught", "fold_witness", "kept_gold", "letters", "rating"},
            *{"witness"},
            *{"fold_golds", "golds", "load_golds", "tombstones"},
            "integrity",
        }
    ),
    "payout": frozenset({"checks", "ledger"}),
}
"""What only one service has, named for what it does."""

HEADINGS = ("Consumes", "Journal", "Owns", "Guarantees")
"""What a card says, in this order: each heading begins a line of the package's docstring."""


def wrong_rooms(service: str, names: Iterable[str]) -> list[str]:
    """What is missing from, or strange in, a service with rooms of these names."""
    there = set(names)
    missing = [
        f"services/{service}: {room}.py is missing: every service has it, or none"
        for room in sorted(ROOMS - there)
    ]
    strange = [
        f"services/{service}/{room}: no room of every service: move it into one, or name it in OWN"
        for room in sorted(there - ROOMS - OWN.get(service, frozenset()))
    ]
    return missing + strange


def stale_rooms(own: Mapping[str, frozenset[str]], there: Mapping[str, set[str]]) -> list[str]:
    """The rooms named as one service's own that no service has."""
    return [
        f"OWN of {service}: there is no {room}: take it out of tests/architecture/test_rooms.py"
        for service, rooms in own.items()
        for room in sorted(rooms - there.get(service, set()))
    ]


def wrong_headings(service: str, card: str) -> list[str]:
    """What is wrong with the headings of a service's card."""
    text = ast.get_docstring(ast.parse(card)) or ""
    headings = tuple(re.findall(rf"^({'|'.join(HEADINGS)}): \S", text, re.MULTILINE))
    if headings == HEADINGS:
        return []
    return [
        f"services/{service}/__init__.py: its docstring has the headings {headings}:"
        f" give it {HEADINGS}, each at the beginning of a line and followed by a colon"
    ]


def rooms_of(service: Path) -> set[str]:
    """Names of the modules and packages of a service."""
    files = {path.stem for path in service.glob("*.py")}
    return files | {path.parent.name for path in service.glob("*/__init__.py")}


def test_a_service_has_the_rooms_of_every_service() -> None:
    wrong = [line for path in services() for line in wrong_rooms(path.name, rooms_of(path))]

    assert not wrong, "\n".join(wrong)


def test_a_room_named_as_a_service_s_own_is_there() -> None:
    stale = stale_rooms(OWN, {path.name: rooms_of(path) for path in services()})

    assert not stale, "\n".join(stale)


def test_a_service_opens_with_its_card() -> None:
    cards = {path.name: (path / "__init__.py").read_text() for path in services()}
    wrong = [line for name, card in cards.items() for line in wrong_headings(name, card)]

    assert not wrong, "\n".join(wrong)


def test_there_is_no_fifth_service() -> None:
    strange = {path.name for path in services()} - set(SERVICES)

    assert not strange, f"{sorted(strange)}: a new service is named in tests/architecture/source.py"


def test_a_missing_and_a_strange_room_are_caught() -> None:
    assert wrong_rooms("qa", ROOMS | OWN["qa"]) == []
    assert "fold.py is missing" in wrong_rooms("qa", ROOMS - {"fold"})[0]
    assert "services/qa/lanes" in wrong_rooms("qa", ROOMS | {"lanes"})[0]


def test_a_stale_exception_is_caught() -> None:
    assert stale_rooms({"qa": frozenset({"agreement"})}, {"qa": {"agreement", "fold"}}) == []
    assert "there is no reading" in stale_rooms({"qa": frozenset({"reading"})}, {"qa": {"fold"}})[0]


def test_a_card_without_a_heading_is_caught() -> None:
    good = '"""Qa.\n\nConsumes: a\nJournal: b\nOwns: c\nGuarantees: d\n"""\n'

    assert wrong_headings("qa", good) == []
    assert wrong_headings("qa", good.replace("Owns: c", "It owns: c"))
    assert wrong_headings("qa", good.replace("Guarantees: d", "Guarantees:"))
    assert wrong_headings("qa", "# Consumes: a\n# Journal: b\n# Owns: c\n# Guarantees: d\n")
