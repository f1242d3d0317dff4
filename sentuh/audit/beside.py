"""Redis beside the journals, while services may be at work."""

import asyncio
from collections.abc import Iterable, Sequence

from sentuh.audit.history import History, collect
from sentuh.audit.kept import Journals, read_kept, redis_agrees
from sentuh.audit.reading import present, read
from sentuh.audit.report import Violation
from shared.access import KafkaAccess, RedisAccess
from shared.record import Place, Record
from shared.topics import EARNINGS, VERDICTS

JOURNALS = (VERDICTS, EARNINGS)
LOOKS_MAX = 10
AGAIN_SECONDS = 1.0
"""What is committed is published within so many looks: a service gives up publishing sooner."""


async def compare(
    where: KafkaAccess | str,
    redis: RedisAccess | str,
    history: History,
    records: Iterable[Record],
    *,
    is_busy: bool,
) -> Sequence[Violation]:
    """What Redis holds otherwise than verdicts and earnings say, of which `records` are what was
    read before. What is in Redis before it is on its topic is looked for there until it is told;
    of services at rest nothing is.
    """
    names = history.names
    topics = {names.of(row) for row in JOURNALS}
    told = [record for record in records if record.topic in topics]
    ends = {place: extent.last + 1 for place, extent in history.extents.items()}
    there = await present(where, names)
    places = [Place(topic, at) for topic in sorted(topics) for at in range(there[topic])]
    kept = await read_kept(redis)
    looks = 1
    while True:
        later = await read(where, places, after={place: ends.get(place, 0) for place in places})
        journals = Journals(collect([*told, *later], names, None), ends)
        found = tuple(redis_agrees(journals, kept))
        if not found or not is_busy or looks == LOOKS_MAX:
            return found
        looks += 1
        await asyncio.sleep(AGAIN_SECONDS)
