"""Publishes refused records to their topics again, one by one."""

from collections.abc import Callable, Sequence

from sentuh.broker.sending import sender
from sentuh.dead_letters.replay import Going
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import Outgoing


async def publish(
    where: KafkaAccess | str,
    going: Sequence[Going],
    *,
    idempotent: bool,
    note: Callable[[Going], None],
) -> None:
    """Publish the records in this order and await each ack; `note` is called after each ack.

    SettingError if an ack does not come: the records before that one are published, that one may
    be, the records behind it are not. Example: publish(access, plan.going, idempotent=True,
    note=published.append).
    """
    async with sender(where, "sentuh-letters", idempotent=idempotent) as send:
        for number, one in enumerate(going):
            record, place = one.record, one.place
            sent = Outgoing(place.topic, record.key, record.value, record.headers)
            try:
                await send(sent, place.partition)
            except SettingError as failure:
                named = one.dead_letter.record.header("dl_id")
                raise SettingError(
                    f"{number} of {len(going)} records are published, that of {named} may be, the"
                    f" others are not ({place.topic}): {failure}"
                ) from failure
            note(one)
