"""Pieces of work at the same time, all to their ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, None]
Together = Callable[..., Awaitable[None]]
"""Takes coroutines."""


async def together(*works: Work) -> None:
    """Run all; once they have ended raises what the first of them that failed failed with."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(failure, BaseException):
            raise failure
