"""Names the records that topics lost before the services read them, as the services noted it."""

from collections.abc import Iterator, Mapping, Sequence

from sentuh.audit.kept import connected
from sentuh.audit.report import Violation
from shared.connect.access import RedisAccess
from shared.contracts.topics import SERVICES
from shared.kafka.losses import Loss, losses_in, lost_key

Unread = Mapping[str, Sequence[Loss]]
"""What each service could not read."""


async def read_losses(where: RedisAccess | str) -> Unread:
    """Load what every service has noted; SettingError if Redis does not answer or refuses us."""
    async with connected(where) as client:
        return {
            service: losses_in(await client.hgetall(lost_key(f"{{{service}}}")))
            for service in SERVICES
        }


def nothing_is_deleted_unread(unread: Unread) -> Iterator[Violation]:
    """Yield each run of offsets that a topic lost before a service read them."""
    for service, losses in unread.items():
        for loss in losses:
            where = f"from offset {loss.first} on" if loss.first >= 0 else "at further places"
            detail = f"{loss.records} records {where} were deleted before {service} read them"
            yield Violation(f"{loss.topic}[{loss.partition}]", detail)


def records_lost(unread: Unread) -> int:
    """Count the records that were deleted unread, each once for every service that lacks it."""
    return sum(loss.records for losses in unread.values() for loss in losses)
