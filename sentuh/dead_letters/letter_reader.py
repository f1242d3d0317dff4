"""Reading dead letters: those topics alone, each letter once, in order of time."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sentuh.broker.topics import granted
from sentuh.dead_letters.choice import Choice
from sentuh.history.collect import DeadLetter, collect
from sentuh.history.topic_reader import read
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.rights import Right
from shared.contracts.topics import DEAD_LETTERS, Names

READER = "operators"


async def read_letters(where: KafkaAccess | str, names: Names, choice: Choice) -> list[DeadLetter]:
    """The letters that are meant; SettingError where a topic or the right to read it lacks."""
    rows = [row for name, row in DEAD_LETTERS.items() if name in (choice.services or DEAD_LETTERS)]
    topics = [names.of(row) for row in rows]
    there = await granted(where, [Right(READER, "topic", topic, "Read") for topic in topics])
    missing = [topic for topic in topics if topic not in there]
    if missing:
        raise SettingError(
            f"{', '.join(missing)} is not there: correct --prefix, or make it with"
            " `sentuh topics apply`"
        )
    places = [TopicPartition(topic, at) for topic in topics for at in range(there[topic])]
    return letters_of(await read(where, places, choice.takes), names)


def letters_of(records: Iterable[Record], names: Names) -> list[DeadLetter]:
    """Letters in order of time; of those with one id, which a redelivery writes, the first."""
    found: dict[object, DeadLetter] = {}
    for letter in collect(records, names, None).letters:
        record = letter.record
        found.setdefault(record.header("dl_id") or (record.place, record.offset), letter)
    return sorted(found.values(), key=lambda one: (one.record.timestamp_ms, one.record.offset))


def counts_of(letters: Sequence[DeadLetter]) -> list[tuple[str, str, int]]:
    """Service, reason and how many, the most first."""
    counts = Counter((letter.service, letter.reason) for letter in letters)
    return [(*which, count) for which, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
