"""The bytes of one value in Avro, taken piece by piece, and how much may still come of them."""

from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import DEPTH_MAX

_LONG_BYTES_MAX = 10
_LONG_BITS = 64


class AvroBytes:
    """The bytes of one value, and how far they are read.

    room: how many bytes its JSON text may still have. A type may cost no byte of Avro, and a field
    has no name there, so the text can be many times as long.
    """

    __slots__ = ("_raw", "at", "depth", "room")

    def __init__(self, raw: bytes, room: int) -> None:
        self._raw = raw
        self.at = 0
        self.room = room
        self.depth = 0

    @property
    def at_end(self) -> bool:
        """Whether every byte is read."""
        return self.at == len(self._raw)

    def take(self, size: int) -> bytes:
        """Return the next bytes. Raises Refused where there are fewer."""
        start, self.at = self.at, self.at + size
        if size < 0 or self.at > len(self._raw):
            raise misfit()
        return self._raw[start : self.at]

    def long(self) -> int:
        """Return the next whole number: zigzag in groups of 7 bits. Raises Refused past 64 bits."""
        raw, at, number, shift = self._raw, self.at, 0, 0
        for byte in raw[at : at + _LONG_BYTES_MAX]:
            at += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                self.at = at
                if number >> _LONG_BITS:
                    break
                return (number >> 1) ^ -(number & 1)
            shift += 7
        raise misfit()

    def spend(self, size: int) -> None:
        """Take `size` bytes from the room. Raises Refused where none is left."""
        self.room -= size
        if self.room < 0:
            raise too_large()

    def enter(self) -> None:
        """Go one level down. Raises Refused below the depth that JSON may have, too."""
        self.depth += 1
        if self.depth > DEPTH_MAX:
            fix = "flatten its lists and objects"
            raise Refused(Reason.TOO_DEEP, f"value: it nests deeper than {DEPTH_MAX}: {fix}")


def misfit() -> Refused:
    """Return the refusal of bytes that are not written by the schema that they name."""
    fix = "write it with that schema, as a registry's serializer does"
    return Refused(
        Reason.SCHEMA_MISMATCH, f"value: its bytes do not fit the schema that it names: {fix}"
    )


def too_large() -> Refused:
    """Return the refusal of a value whose JSON text is too long."""
    fix = "send a reference instead"
    return Refused(Reason.TOO_LARGE, f"value: as JSON it is over this topic's limit: {fix}")
