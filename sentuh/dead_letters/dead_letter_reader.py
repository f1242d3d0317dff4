"""Reads the topics of dead letters: each dead letter once, in order of time."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sentuh.broker.topics import granted
from sentuh.dead_letters.choice import Choice
from sentuh.history.collect import DeadLetter, collect
from sentuh.history.output_refs import Ref
from sentuh.history.topic_reader import read
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.rights import Right
from shared.contracts.topics import DEAD_LETTERS, Names

READER = "operators"


async def read_dead_letters(
    where: KafkaAccess | str, names: Names, choice: Choice
) -> list[DeadLetter]:
    """Load the chosen dead letters; SettingError if a topic or the right to read it is missing."""
    rows = [row for name, row in DEAD_LETTERS.items() if name in (choice.services or DEAD_LETTERS)]
    topics = [names.of(row) for row in rows]
    partition_counts = await granted(
        where, [Right(READER, "topic", topic, "Read") for topic in topics]
    )
    missing = [topic for topic in topics if topic not in partition_counts]
    if missing:
        raise SettingError(
            f"{', '.join(missing)} is not there: correct --prefix, or make it with"
            " `sentuh topics apply`"
        )
    places = [
        TopicPartition(topic, at) for topic in topics for at in range(partition_counts[topic])
    ]
    return dead_letters_in(await read(where, places, choice.takes), names)


def dead_letters_in(records: Iterable[Record], names: Names) -> list[DeadLetter]:
    """Return the dead letters in order of time; of several with one dl_id only the first.

    A service that handles a record again writes its dead letter again, with the same dl_id.
    Example: two records with dl_id "a" and one with "b" give two dead letters.
    """
    first_by_id: dict[object, DeadLetter] = {}
    for dead_letter in collect(records, names, None).dead_letters:
        record = dead_letter.record
        first_by_id.setdefault(record.header("dl_id") or (record.place, record.offset), dead_letter)
    return sorted(
        first_by_id.values(), key=lambda one: (one.record.timestamp_ms, one.record.offset)
    )


def output_of(dead_letter: DeadLetter) -> Ref | None:
    """Return source and id of the output that intake refused; None if they cannot be read.

    Records that other services refuse are no outputs.
    """
    return dead_letter.ref if dead_letter.service == "intake" else None


def counts_of(dead_letters: Sequence[DeadLetter]) -> list[tuple[str, str, int]]:
    """Count dead letters by service and reason: triples, the largest count first."""
    counts = Counter((dead_letter.service, dead_letter.reason) for dead_letter in dead_letters)
    return [(*which, count) for which, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
