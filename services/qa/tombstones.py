"""Says what a record without a value means on `golds`: the operator takes the gold back."""

from pydantic import TypeAdapter, ValidationError

from shared.contracts.events.golds import gold_key
from shared.contracts.events.model import Event, Id, Name, Pool, natural_id
from shared.contracts.events.second_stage import UNTIMED
from shared.contracts.record import Record
from shared.contracts.topics import GOLDS

_POOL: TypeAdapter[str] = TypeAdapter(Pool)
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_ID: TypeAdapter[str] = TypeAdapter(Id)


class GoldDropped(Event):
    """A gold is taken back. It stands for a record on its way and is on no topic."""

    TYPE = "qa:gold.dropped"
    TOPIC = GOLDS

    task_type: str
    gold_id: str

    @property
    def key(self) -> str:
        """Pool, task type and gold, parted by blanks."""
        return gold_key(self.pool, self.task_type, self.gold_id)

    @property
    def event_id(self) -> str:
        """One id for each gold."""
        return natural_id(self.TYPE, self.key)


def gold_dropped(record: Record) -> GoldDropped | None:
    """Return what a tombstone on `golds` stands for; None if its key names no gold."""
    try:
        pool, task_type, gold_id = (record.key or b"").decode().split(" ")
        _POOL.validate_python(pool)
        _NAME.validate_python(task_type)
        _ID.validate_python(gold_id)
    except (UnicodeDecodeError, ValueError, ValidationError):
        return None
    return GoldDropped(pool=pool, at=UNTIMED, task_type=task_type, gold_id=gold_id)


TOMBSTONES = {GOLDS.name: gold_dropped}
