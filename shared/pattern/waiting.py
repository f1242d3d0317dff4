"""Waiting while Redis or Kafka is away: every step of the pipeline that can fail waits here."""

from collections.abc import Awaitable, Callable

import structlog

from shared.contracts.errors import Revoked, TransientError
from shared.pattern.dependencies import Dependencies

log = structlog.get_logger()


class Waiting:
    """Tries a step again and again until Redis and Kafka let it succeed."""

    def __init__(self, dependencies: Dependencies, *, retry_seconds: float) -> None:
        self._clock = dependencies.clock
        self._metrics = dependencies.metrics
        self._retry_seconds = retry_seconds

    async def until_done(
        self,
        step: Callable[[], Awaitable[object]],
        *,
        revoked: Callable[[], bool],
        start_over: Callable[[], None] = lambda: None,
    ) -> None:
        """Await `step()` until it raises no TransientError, with a pause of about `retry_seconds`
        between two tries. There is no limit: an outage of any length is waited out.

        `start_over()` runs before every further try. Raises Revoked once `revoked()` says that the
        batch's partitions belong to another process; other errors of the step pass through.
        Example: `await waiting.until_done(lambda: settle(batch), revoked=batch.revoked)`.
        """
        while True:
            try:
                await step()
            except TransientError as failure:
                await self._pause(failure, revoked)
                start_over()
            else:
                return

    async def _pause(self, failure: TransientError, revoked: Callable[[], bool]) -> None:
        # Asked before and after the sleep: a batch that was revoked must not be tried once more,
        # since its new owner may be publishing it.
        if revoked():
            raise Revoked
        self._metrics.waits.inc()
        log.warning("waiting", cause=str(failure))
        await self._clock.sleep(self._clock.jitter(self._retry_seconds))
        if revoked():
            raise Revoked
