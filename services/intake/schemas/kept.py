"""Keeps the schemas that records name; those that are new are got before records are read."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence

from services.intake.schemas.in_json import needs_schema
from services.intake.schemas.registry import Registry
from services.intake.schemas.schema import Schema
from shared.contracts.errors import Reason, Refused, TransientError
from shared.contracts.framing import SchemaId
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS
from shared.pattern.read_records import refusal_of_bug

KEPT_MAX = 1_000
KEPT_CHARACTERS_MAX = 32 * 1024 * 1024
UNKNOWN_SECONDS = 60.0
"""An id that the registry does not know is asked for again after so long."""
UNKNOWN_MAX = 100_000
AT_ONCE = 8


class KeptSchemas:
    """The schemas of one process, those used last, and the ids that the registry does not know.

    Reading is pure: it looks here alone, and what a batch names is here before the batch is read.
    Only between two batches is anything forgotten.
    """

    is_there = True

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._kept: OrderedDict[SchemaId, Schema] = OrderedDict()
        self._unknown: OrderedDict[SchemaId, float] = OrderedDict()
        self._is_away = False

    @property
    def count(self) -> int:
        """The number of schemas that are kept."""
        return len(self._kept)

    def of(self, schema_id: SchemaId) -> Schema:
        """Return the schema of this id; raises Refused if the registry does not know it."""
        schema = self._kept.get(schema_id)
        if schema is not None:
            return schema
        fix = "register the schema there, then send it again"
        raise Refused(
            Reason.UNKNOWN_SCHEMA, f"value: the registry knows no schema with its id: {fix}"
        )

    async def get_for(self, records: Sequence[Record]) -> None:
        """Get the schemas that these records name and that are not here yet.

        Raises TransientError while the registry does not answer; what it answered is kept.
        """
        self._forget()
        new = {
            schema_id: None for record in records if (schema_id := self._new(record)) is not None
        }
        if not new:
            return
        turn = asyncio.Semaphore(AT_ONCE)
        ended = await asyncio.gather(*[self._get(one, turn) for one in new], return_exceptions=True)
        failures = [end for end in ended if isinstance(end, BaseException)]
        self._is_away = bool(failures)
        if failures:
            raise failures[0]

    async def answers(self) -> bool:
        """Return whether the registry gave what was last asked of it; True if nothing was yet."""
        return not self._is_away

    async def _get(self, schema_id: SchemaId, turn: asyncio.Semaphore) -> None:
        async with turn:
            schema = await asyncio.to_thread(self._asked, schema_id)
        if schema is None:
            self._unknown[schema_id] = time.monotonic() + UNKNOWN_SECONDS
        else:
            self._kept[schema_id] = schema

    def _asked(self, schema_id: SchemaId) -> Schema | None:
        try:
            return self._registry.schema(schema_id)
        except TransientError:
            raise
        except Exception as failure:  # noqa: BLE001 - a bug costs the records of one schema
            return Schema(fault=refusal_of_bug(failure))

    def _new(self, record: Record) -> SchemaId | None:
        """Return the id of a record's schema, if it needs one that is not here."""
        if record.value is None or len(record.value) > MODEL_OUTPUTS.size_bytes_max:
            return None
        framed = needs_schema(record, self)
        if framed is None or framed.schema_id in self._unknown:
            return None
        if framed.schema_id in self._kept:
            self._kept.move_to_end(framed.schema_id)
            return None
        return framed.schema_id

    def _forget(self) -> None:
        now = time.monotonic()
        while self._unknown and (
            next(iter(self._unknown.values())) <= now or len(self._unknown) > UNKNOWN_MAX
        ):
            self._unknown.popitem(last=False)
        size = sum(schema.size for schema in self._kept.values())
        while len(self._kept) > KEPT_MAX or size > KEPT_CHARACTERS_MAX:
            size -= self._kept.popitem(last=False)[1].size
