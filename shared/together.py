"""Two pieces of work at the same time, both to their ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, None]
Together = Callable[[Work, Work], Awaitable[None]]


async def together(first: Work, second: Work) -> None:
    """Run both; once both have ended raises what the first failed with, else the second."""
    for failure in await asyncio.gather(first, second, return_exceptions=True):
        if isinstance(failure, BaseException):
            raise failure
