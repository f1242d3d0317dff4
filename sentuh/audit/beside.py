"""Redis beside the journals, while services may be at work."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sentuh.audit.history import collect
from sentuh.audit.kept import Journals, read_kept, redis_agrees
from sentuh.audit.reading import present, read
from sentuh.audit.report import Violation
from shared.access import KafkaAccess, RedisAccess
from shared.record import Place, Record
from shared.topics import EARNINGS, VERDICTS, Names

JOURNALS = (VERDICTS, EARNINGS)
LOOKS_MAX = 5
AGAIN_SECONDS = 1.0


class Beside:
    """Looks at Redis and the journals of verdicts and earnings, again and again.

    `records` are what was read of all topics before.
    """

    def __init__(
        self,
        where: KafkaAccess | str,
        redis: RedisAccess | str,
        names: Names,
        records: Iterable[Record],
    ) -> None:
        self._where, self._redis, self._names = where, redis, names
        topics = {names.of(row) for row in JOURNALS}
        self._told = [record for record in records if record.topic in topics]
        self._ends: dict[Place, int] = {}

    async def look(self) -> tuple[tuple[Violation, ...], frozenset[str]]:
        """What Redis holds otherwise, and which outcomes were on their way to the topics then."""
        await self._read_on()
        ends = dict(self._ends)
        kept = await read_kept(self._redis)
        await self._read_on()
        journals = Journals(collect(self._told, self._names, None), ends)
        return tuple(redis_agrees(journals, kept)), kept.untold

    async def _read_on(self) -> None:
        if not self._ends:
            self._ends = await self._known()
        later = await read(self._where, list(self._ends), after=self._ends)
        self._told += later
        self._ends |= {record.place: record.offset + 1 for record in later}

    async def _known(self) -> dict[Place, int]:
        """How far each partition of the journals was read before."""
        there: Mapping[str, int] = await present(self._where, self._names)
        topics = [self._names.of(row) for row in JOURNALS]
        ends = {Place(topic, at): 0 for topic in topics for at in range(there[topic])}
        return ends | {record.place: record.offset + 1 for record in self._told}


async def compare(
    beside: Beside,
    *,
    is_busy: bool,
    pause: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(AGAIN_SECONDS),
) -> Sequence[Violation]:
    """What Redis holds otherwise than the journals say; `pause` is between two looks.

    Redis has what was decided before its topic does. Of services at work what is wrong in one look
    only was on its way; what stays wrong while the same outcome is, may not be finished yet.
    """
    found, untold = await beside.look()
    stuck = untold
    for _ in range(LOOKS_MAX - 1):
        if not (found and untold and is_busy):
            break
        await pause()
        wrong = {violation.subject for violation in found}
        now, untold = await beside.look()
        found = tuple(violation for violation in now if violation.subject in wrong)
        stuck &= untold
    return [replace(violation, open=bool(stuck)) for violation in found]
