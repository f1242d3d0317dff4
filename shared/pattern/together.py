"""Pieces of work at the same time, all to their ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from shared.contracts.errors import SentuhError

Work = Coroutine[Any, Any, None]
Together = Callable[..., Awaitable[None]]
"""Takes coroutines."""


async def together(*works: Work) -> None:
    """Run all; once they have ended raises what one of them failed with, see `gravest`."""
    ended = await asyncio.gather(*works, return_exceptions=True)
    failures = [end for end in ended if isinstance(end, BaseException)]
    try:
        if failures:
            raise gravest(failures)
    finally:
        del ended, failures  # what is raised holds this frame, and would be held by it


def gravest(failures: Sequence[BaseException]) -> BaseException:
    """The first that delivery cannot mend, or else the first."""
    return min(failures, key=lambda failure: isinstance(failure, SentuhError))
