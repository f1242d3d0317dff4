#!/usr/bin/env bash
# redis-py 8.1.0 on CPython 3.11: a task that awaits its commands may lose a cancellation, and goes on as if nothing had been said.
#
# Expected: task.cancel() raises CancelledError at the next await, and the task ends.
# Seen: of 200 tasks that read in a loop with socket_timeout set, many go on after one cancel(). Without socket_timeout none does.
# Where: with a timeout redis-py reads under a timer, and where the reply is there when the cancellation comes, the reply wins and the
# cancellation is dropped. A process that cancels a task once and awaits it at its end may wait for ever.
# CPython 3.12 made asyncio.wait_for anew.
# What helps: cancel until the task is done.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "run it with PYTHON=python3.11"; exit 1; }
"$python" -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check redis==8.1.0
cat > "$dir/lost.py" <<'PY'
import asyncio
import random
from contextlib import suppress

from redis.asyncio import Redis


async def answer(reader, writer):
    """Stand for a server: one reply to each command, whatever it is."""
    with suppress(ConnectionError):
        while line := await reader.readline():
            for _ in range(2 * int(line[1:])):
                await reader.readline()
            writer.write(b"+OK\r\n")


async def read(client):
    while True:
        await client.get("key")
        await asyncio.sleep(0)


async def lost(port, timeout):
    count = 0
    for _ in range(200):
        client = Redis(port=port, socket_timeout=timeout)
        task = asyncio.create_task(read(client))
        await asyncio.sleep(0.005 + random.random() / 100)
        task.cancel()
        await asyncio.wait({task}, timeout=0.3)
        count += not task.done()
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=0.1)
        await client.aclose()
    return count


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(await lost(port, 5), await lost(port, None))


asyncio.run(main())
PY
read -r with without < <("$dir/venv/bin/python" "$dir/lost.py")
{ [ "$with" -gt 5 ] && [ "$without" = 0 ]; } || { echo "changed: $with with a timeout, $without without"; exit 1; }
echo "redis-py 8.1.0: of 200 cancellations $with were lost with socket_timeout=5, $without without"
