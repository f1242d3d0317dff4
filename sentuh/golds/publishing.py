"""Publishes golds onto their topic, one by one."""

from collections.abc import Sequence

from sentuh.broker.sending import sender
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import Outgoing


async def publish(where: KafkaAccess | str, records: Sequence[Outgoing]) -> None:
    """Publish the records in their order. SettingError if an ack does not come.

    What was acknowledged before stands; the same command again publishes the rest.
    """
    async with sender(where, "sentuh-golds") as send:
        for number, one in enumerate(records):
            try:
                await send(one, None)
            except SettingError as failure:
                said = f"{number} of {len(records)} are published: {failure}"
                raise SettingError(said) from failure
