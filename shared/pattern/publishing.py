"""What the pattern asks of a publisher of records."""

from collections.abc import Sequence
from typing import Protocol

from shared.contracts.record import Ack, Outgoing


class Publisher(Protocol):
    """Publishes records and waits until the broker has them."""

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        """Publish in this order and await every ack under a timeout.

        Raises TransientError where any ack did not come: what was published is then unknown, and
        the same records are to be published again.
        """
        ...
