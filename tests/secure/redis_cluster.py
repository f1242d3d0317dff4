"""A Redis Cluster of three masters with a replica each, from the server in the wheel."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import redis
from redis.crc import key_slot

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import Valkey

MASTERS, SLOTS = 3, 16_384
WAIT_SECONDS = 90.0
LOOK_SECONDS = 0.1
SETTINGS = {
    "cluster-enabled": "yes",
    "cluster-config-file": "nodes.conf",
    "cluster-node-timeout": "2000",
    # A replica may follow as soon as its first copy is there, however long that took.
    "cluster-replica-validity-factor": "0",
    "repl-diskless-sync-delay": "0",
}


class Node(Valkey):
    """One server; other nodes talk to it at the port `bus`."""

    def __init__(self, home: Path) -> None:
        self.bus = free_port()
        super().__init__(home, settings={**SETTINGS, "cluster-port": str(self.bus)})


class Cluster:
    """Six servers; `masters[i]` has the i-th third of the slots, `replicas[i]` follows it."""

    def __init__(self, servers: list[Node]) -> None:
        self.masters, self.replicas = servers[:MASTERS], servers[MASTERS:]
        self._servers = servers

    @property
    def url(self) -> str:
        """Every node, as a client is told of them."""
        return "redis://" + ",".join(f"127.0.0.1:{server.port}" for server in self._servers)

    def holder(self, key: str) -> int:
        """Which of the masters a key lies on at first."""
        return min(key_slot(key.encode()) * MASTERS // SLOTS, MASTERS - 1)

    def form(self) -> None:
        """Make one cluster of them and wait until every node says so."""
        # The first slot of each third, as `holder` counts them.
        bounds = [-(-SLOTS * at // MASTERS) for at in range(MASTERS + 1)]
        for at, master in enumerate(self.masters):
            _ask(master, "CLUSTER", "ADDSLOTSRANGE", bounds[at], bounds[at + 1] - 1)
            _ask(master, "CLUSTER", "SET-CONFIG-EPOCH", at + 1)
        for server in self._servers[1:]:
            first = self._servers[0]
            _ask(server, "CLUSTER", "MEET", "127.0.0.1", first.port, first.bus)
        _until(lambda: all(_known(server) == len(self._servers) for server in self._servers))
        for master, replica in zip(self.masters, self.replicas, strict=True):
            name = _ask(master, "CLUSTER", "MYID").decode()
            _until(partial(_try, replica, "CLUSTER", "REPLICATE", name))
        _until(lambda: all(_says(server, "cluster_state:ok") for server in self._servers))
        _until(lambda: all(_linked(replica) for replica in self.replicas))

    def promoted(self, at: int) -> None:
        """Wait until the replica of a master that is gone has taken over."""
        _until(lambda: b"master" in _ask(self.replicas[at], "ROLE")[0])


@contextmanager
def cluster(home: Path) -> Iterator[Cluster]:
    """Run one; all its nodes end with it."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Node(home / f"node-{number}")) for number in range(2 * MASTERS)
        ]
        found = Cluster(servers)
        found.form()
        yield found


def _ask(server: Valkey, *command: Any) -> Any:
    with redis.Redis(port=server.port, socket_timeout=5) as client:
        client.response_callbacks.clear()
        return client.execute_command(*command)


def _try(server: Valkey, *command: Any) -> bool:
    try:
        _ask(server, *command)
    except redis.ResponseError:
        return False
    return True


def _known(server: Node) -> int:
    return len(_ask(server, "CLUSTER", "NODES").decode().strip().splitlines())


def _says(server: Valkey, line: str) -> bool:
    return line in _ask(server, "CLUSTER", "INFO").decode()


def _linked(server: Node) -> bool:
    return b"master_link_status:up" in _ask(server, "INFO", "replication")


def _until(fact: Callable[[], bool]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not fact():
        assert time.monotonic() < limit, "the cluster is not as it should be"
        time.sleep(LOOK_SECONDS)
