"""Run pieces of work at the same time, all to their ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from shared.contracts.errors import SentuhError

Work = Coroutine[Any, Any, None]
Together = Callable[..., Awaitable[None]]
"""Runs coroutines at the same time; the simulation has one of its own."""


async def together(*works: Work) -> None:
    """Run all of them to their ends, then raise the gravest error any of them ended with."""
    # No task group: it cancels the others when one fails, in the middle of a commit or a publish.
    ended = await asyncio.gather(*works, return_exceptions=True)
    failures = [end for end in ended if isinstance(end, BaseException)]
    try:
        if failures:
            raise gravest(failures)
    finally:
        del ended, failures  # a raised error holds this frame, and the frame would hold the error


def gravest(failures: Sequence[BaseException]) -> BaseException:
    """Return the first that is no SentuhError, which delivery cannot mend, or else the first."""
    return min(failures, key=lambda failure: isinstance(failure, SentuhError))
