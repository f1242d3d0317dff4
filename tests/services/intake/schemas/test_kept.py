"""What a batch names is here before it is read, and each schema is asked for once."""

import asyncio
from collections.abc import Sequence

import pytest

from services.intake.schemas import KeptSchemas, Schema, SchemaText, in_json, kept
from services.intake.schemas.registry import Registry, RegistryAccess
from shared.contracts.errors import Reason, Refused, TransientError
from shared.contracts.framing import SchemaId
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS
from tests.services.intake.builders import a_record, a_sent


class Counted(Registry):
    """A registry of numbers below 100 that counts what it is asked, and is away when told so."""

    def __init__(self) -> None:
        super().__init__(RegistryAccess("http://registry.example"))
        self.asked: list[SchemaId] = []
        self.failure: Exception | None = None

    def schema(self, schema_id: SchemaId) -> Schema | None:
        self.asked.append(schema_id)
        if self.failure is not None:
            raise self.failure
        if isinstance(schema_id, str) or schema_id >= 100:
            return None
        return Schema.of(SchemaText('"long"'))


@pytest.fixture
def registry() -> Counted:
    return Counted()


@pytest.fixture
def schemas(registry: Counted) -> KeptSchemas:
    return KeptSchemas(registry)


def a_number(schema_id: int) -> Record:
    return a_record(b"\x00" + schema_id.to_bytes(4, "big") + b"\x0e")


def got(schemas: KeptSchemas, records: Sequence[Record]) -> None:
    asyncio.run(schemas.get_for(records))


def test_a_schema_is_asked_for_once(registry: Counted, schemas: KeptSchemas) -> None:
    for _ in range(3):
        got(schemas, [a_number(7), a_number(8), a_number(7)])
    assert sorted(map(str, registry.asked)) == ["7", "8"]
    assert in_json(a_number(7), schemas).value == b"7"


def test_what_needs_no_schema_asks_for_none(registry: Counted, schemas: KeptSchemas) -> None:
    large = a_record(b"\x00\x00\x00\x00\x07" + b"\x0e" * MODEL_OUTPUTS.size_bytes_max)
    json_behind = a_record(b"\x00\x00\x00\x00\x07" + (a_record(a_sent()).value or b""))
    got(schemas, [a_record(a_sent()), json_behind, large, large._replace(value=None)])
    assert registry.asked == []


def test_what_the_registry_does_not_know_is_refused_and_asked_for_again_later(
    registry: Counted, schemas: KeptSchemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        got(schemas, [a_number(100)])
    with pytest.raises(Refused) as caught:
        in_json(a_number(100), schemas)
    assert caught.value.reason is Reason.UNKNOWN_SCHEMA
    assert registry.asked == [100]

    monkeypatch.setattr(kept, "UNKNOWN_SECONDS", -1)
    got(KeptSchemas(registry), [a_number(100)])
    later = KeptSchemas(registry)
    for _ in range(2):
        got(later, [a_number(100)])
    assert registry.asked == [100] * 4


def test_while_it_is_away_nothing_is_decided_and_the_service_says_so(
    registry: Counted, schemas: KeptSchemas
) -> None:
    got(schemas, [a_number(7)])
    registry.failure = TransientError("away")
    got(schemas, [a_number(7)])
    assert asyncio.run(schemas.answers())

    with pytest.raises(TransientError):
        got(schemas, [a_number(7), a_number(8)])
    assert not asyncio.run(schemas.answers())

    registry.failure = None
    got(schemas, [a_number(7), a_number(8)])
    assert asyncio.run(schemas.answers())
    assert registry.asked == [7, 8, 8]


def test_a_bug_costs_the_records_of_one_schema(registry: Counted, schemas: KeptSchemas) -> None:
    registry.failure = RuntimeError("a fault of ours")
    got(schemas, [a_number(7)])
    with pytest.raises(Refused) as caught:
        in_json(a_number(7), schemas)
    assert caught.value.reason is Reason.BUG


def test_those_used_last_are_kept_within_number_and_size(
    registry: Counted, schemas: KeptSchemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_MAX", 3)
    got(schemas, [a_number(n) for n in range(5)])
    assert schemas.count == 5  # what one batch names stays until the next
    got(schemas, [a_number(2)])
    got(schemas, [a_number(9)])
    assert schemas.count == 4

    registry.asked.clear()
    got(schemas, [a_number(2), a_number(9)])
    assert registry.asked == []
    got(schemas, [a_number(0)])
    assert registry.asked == [0]

    monkeypatch.setattr(kept, "KEPT_CHARACTERS_MAX", 6)
    got(schemas, [a_number(0)])
    assert schemas.count == 1
