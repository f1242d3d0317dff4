"""A TCP proxy before Redis that loses replies: what was asked is done, and nobody hears of it."""

import asyncio
import re
from collections import Counter
from types import TracebackType
from typing import Self

CHUNK_BYTES = 64 * 1024
EVERY = 5
"""Of so many calls of one function two replies in a row are lost: also that to the second try."""
_FUNCTION = re.compile(rb"sentuh_\w+")


class Proxy:
    """Forwards connections to a port of this machine; loses replies while `losing`.

    `lost` counts them by the function that had been called. A reply is lost whole: both sides are
    closed when its first byte has come, so the server has done what was asked.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._called: Counter[str] = Counter()
        self.losing = False
        self.lost: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where clients connect."""
        if self._server is None:
            raise RuntimeError("the proxy is not running: enter it first")
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        asked: list[str] = []
        pumps = [
            asyncio.create_task(self._ask(reader, back, asked)),
            asyncio.create_task(self._answer(there, writer, asked)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for side in (writer, back):
                side.close()

    async def _ask(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, asked: list[str]
    ) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            asked += [name.decode() for name in _FUNCTION.findall(chunk)]
            back.write(chunk)
            await back.drain()

    async def _answer(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[str]
    ) -> None:
        while chunk := await there.read(CHUNK_BYTES):
            names, asked[:] = list(asked), []
            if self.losing and self._unlucky(names):
                self.lost.update(names)
                return
            writer.write(chunk)
            await writer.drain()

    def _unlucky(self, names: list[str]) -> bool:
        self._called.update(names)
        return any(self._called[name] % EVERY < 2 for name in names)
