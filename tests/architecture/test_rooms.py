"""The same rooms in each service, under the same names."""

from collections.abc import Iterable
from pathlib import Path

from tests.architecture.source import SERVICES, services

REQUIRED = frozenset({"__init__", "__main__", "app", "handlers", "decide", "fold"})
ROOMS = REQUIRED | {"wiring", "state", "store", "keys", "metrics", "settings"}

# What only one service has, named for what it is.
OWN = {
    "intake": frozenset(
        {"arrived", "asked", "catalog", "cloudevents", "envelope", "formats", "gate", "media"}
    ),
    "router": frozenset({"checks", "derive", "lanes", "rank", "reading", "sweep", "tokens"}),
    "qa": frozenset({"agreement"}),
    "payout": frozenset({"ledger"}),
}
CARD = ("consumes", "journal", "owns", "guarantees")


def wrong_rooms(service: str, names: Iterable[str]) -> list[str]:
    """What is missing from, or strange in, a service with rooms of these names."""
    there = set(names)
    missing = [
        f"services/{service}: {room}.py is missing: every service has it, or none"
        for room in sorted(REQUIRED - there)
    ]
    strange = [
        f"services/{service}/{room}: no room of every service: move it into one, or name it in OWN"
        for room in sorted(there - ROOMS - OWN.get(service, frozenset()))
    ]
    return missing + strange


def missing_in_card(service: str, card: str) -> list[str]:
    """The lines a service's card lacks."""
    text = card.lower()
    return [
        f"services/{service}/__init__.py: the card does not speak of '{word}'"
        for word in CARD
        if word not in text
    ]


def rooms_of(service: Path) -> set[str]:
    """Names of the modules and packages of a service."""
    files = {path.stem for path in service.glob("*.py")}
    return files | {path.parent.name for path in service.glob("*/__init__.py")}


def test_a_service_has_the_rooms_of_every_service() -> None:
    wrong = [line for path in services() for line in wrong_rooms(path.name, rooms_of(path))]

    assert not wrong, "\n".join(wrong)


def test_a_service_opens_with_its_card() -> None:
    cards = {path.name: (path / "__init__.py").read_text() for path in services()}
    wrong = [line for name, card in cards.items() for line in missing_in_card(name, card)]

    assert not wrong, "\n".join(wrong)


def test_there_is_no_fifth_service() -> None:
    strange = {path.name for path in services()} - set(SERVICES)

    assert not strange, f"{sorted(strange)}: a new service is named in tests/architecture/source.py"


def test_a_missing_and_a_strange_room_are_caught() -> None:
    assert wrong_rooms("qa", ROOMS | OWN["qa"]) == []
    assert "fold.py is missing" in wrong_rooms("qa", ROOMS - {"fold"})[0]
    assert "services/qa/lanes" in wrong_rooms("qa", ROOMS | {"lanes"})[0]
    assert len(missing_in_card("qa", "consumes, owns and guarantees")) == 1
