"""Reads the topics that say how golds stand."""

from collections.abc import Sequence

from sentuh.broker.topics import granted
from sentuh.golds.standing import GoldsStanding, standing_of
from sentuh.history.topic_reader import read
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import TopicPartition
from shared.contracts.rights import Right
from shared.contracts.topics import GOLDS, Names, Topic

OPERATORS = GOLDS.owner
"""The role that is named where a right is missing."""


async def read_standing(
    where: KafkaAccess | str, names: Names, rows: Sequence[Topic]
) -> GoldsStanding:
    """Return how golds stand by these topics; SettingError if one is not there or not readable."""
    needed = [Right(OPERATORS, "topic", names.of(row), "Read") for row in rows]
    counts = await granted(where, needed)
    places: list[TopicPartition] = []
    for row in rows:
        topic = names.of(row)
        if topic not in counts:
            fix = "correct --prefix, or make it with `sentuh topics apply`"
            raise SettingError(f"{topic} is not there: {fix}")
        places += [TopicPartition(topic, at) for at in range(counts[topic])]
    return standing_of(await read(where, places), names)
