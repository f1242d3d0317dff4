"""Asks a server what it is with the one request each answers: Kafka's ApiVersions, Redis' INFO."""

import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

API_VERSIONS = 18

# Levels of the feature metadata.version, and the release that brings each.
METADATA_LEVELS = {25: "4.0", 26: "4.1", 27: "4.1", 28: "4.2", 29: "4.2", 30: "4.3"}


@dataclass(frozen=True)
class BrokerAnswer:
    """What one broker says of itself: keys of the requests it answers, its features' top levels."""

    requests: frozenset[int]
    features: Mapping[str, int]

    @property
    def is_apache(self) -> bool:
        """Whether this is Apache Kafka on KRaft, which alone names its metadata level."""
        return "metadata.version" in self.features

    @property
    def release(self) -> str:
        """Release of Apache Kafka as far as its metadata level tells: "4.3", or "unknown"."""
        return METADATA_LEVELS.get(self.features.get("metadata.version", 0), "unknown")


def ask_broker(bootstrap: str, *, timeout_seconds: float = 2.0) -> BrokerAnswer:
    """Return what the broker at `host:port` offers; OSError while there is none.

    The listener must be plaintext. KRaft brokers listen only once they are unfenced, so an answer
    also means that the broker serves. Example: ask_broker("localhost:9092").is_apache.
    """
    host, _, port = bootstrap.partition(",")[0].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=timeout_seconds) as link:
        link.sendall(_request())
        size = struct.unpack(">i", _exactly(link, 4))[0]
        if not 0 < size < 1 << 20:
            raise ConnectionError(f"{bootstrap} does not speak Kafka's protocol in plaintext")
        return _broker(_ByteReader(_exactly(link, size)))


def ask_redis(url: str, *, timeout_seconds: float = 2.0) -> Mapping[str, str]:
    """Return the server section of INFO; OSError while the server is away or still loading."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 6379)
    with socket.create_connection(address, timeout=timeout_seconds) as link:
        link.sendall(b"INFO server\r\n")
        head = _line(link)
        if not head.startswith(b"$"):
            raise ConnectionError(
                f"{address[0]}:{address[1]} answers {head.decode(errors='replace')}"
            )
        text = _exactly(link, int(head[1:])).decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


class _ByteReader:
    """Walks over one response in Kafka's compact encoding."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(f">{form}", self._data, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def text(self) -> str:
        return self.take(self.varint() - 1).decode()

    def take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def skip_tags(self) -> None:
        for _, size in self.tags():
            self.take(size)

    def tags(self) -> Iterator[tuple[int, int]]:
        for _ in range(self.varint()):
            yield self.varint(), self.varint()


def _request() -> bytes:
    client = b"sentuh"
    compact = bytes([len(client) + 1]) + client
    # Header 2 (key, version 3, correlation, client id, no tags), then software name and version.
    body = struct.pack(">hhih", API_VERSIONS, 3, 1, len(client)) + client + b"\0"
    body += compact + compact + b"\0"
    return struct.pack(">i", len(body)) + body


def _broker(answer: _ByteReader) -> BrokerAnswer:
    answer.number("i")
    error = answer.number("h")
    if error:
        raise ConnectionError(f"ApiVersions was refused with Kafka's error {error}")
    requests = set()
    for _ in range(answer.varint() - 1):
        requests.add(answer.number("h"))
        answer.take(4)
        answer.skip_tags()
    answer.number("i")
    features: dict[str, int] = {}
    for tag, size in answer.tags():
        if tag == 0:
            features = _features(answer)
        else:
            answer.take(size)
    return BrokerAnswer(frozenset(requests), features)


def _features(answer: _ByteReader) -> dict[str, int]:
    features = {}
    for _ in range(answer.varint() - 1):
        name = answer.text()
        answer.number("h")
        features[name] = answer.number("h")
        answer.skip_tags()
    return features


def _line(link: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\r\n"):
        line += _exactly(link, 1)
    return line[:-2]


def _exactly(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = link.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the server closed the connection in the middle of its answer")
        data += chunk
    return data
