"""A task's content: the model output that people judge, its origin and what is asked about it.

It is kept compressed in Redis.
"""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Output, OutputRef

PIECES = tuple("01234567")
"""Fields of the Redis hash among which a small compressed content is split."""
_PIECE_BYTES = 64
"""Longest value, in bytes, for which Redis stores a hash compactly, in half the memory."""
_WINDOW_BITS, _WINDOW_BITS_LARGE = -13, -15
"""Deflate with a window of 8 KiB; the minus sign asks for a stream without a header.
A larger window takes more time to set up than it saves in space on such texts. Content with texts
of its own gets 32 KiB: a draft mostly says once more what the output says.
"""
_MEMORY_LEVEL = 5
_EFFORT = 1
"""Fastest compression level: more effort saves 2.5 % of the space and takes 1.5 times as long."""
_ALIKE = (
    b'"request":","language":"id","media":{"type":"audio/wav","ref":"https://s3://","type":"'
    b'image/png","data":"}{"label":"positivenegative","score":0.9},{"label":"","score":0.0}],'
    b'[{"format":"hf.text-classification","openai.chat","whisper.verbose_json","sklearn.proba",'
    b'"labels":[],"answer":"","confidence":{"status":"absentsentinel"},"confidence":{"status":"ok"'
    b',"value":0.,"scale":"logprob","source_path":"$.choices[0].logprobs.content[*].logprob"},'
    b'[{"format":"sentuh.output","text":"","labels":[],"answer":"","confidence":{"status":"ok",'
    b'"value":0.5,"scale":"probability","source_path":"$.confidence.value"},"model":"",'
    b'"model_version":"1"},{"source":"/models/","id":"","correlation_id":""}]'
)
"""Dictionary for zlib: text that most outputs share, the most frequent last.
Contents compressed with another dictionary cannot be read: changing it is a new state version.
"""


class _Shown(NamedTuple):
    """What is compressed: as JSON a list, without its third part where nothing more is asked."""

    output: Output
    ref: OutputRef
    asked: Asked | None = None


class Content(NamedTuple):
    """A task's model output, origin and what is asked, decompressed only when one of them is read.

    compressed: these as Redis stores them. output_at_hand, asked_at_hand: output and what is asked,
    where the task was just created and nothing needs decompressing.
    Example: a task that is offered five times in a row is decompressed once.
    """

    compressed: str = ""
    output_at_hand: Output | None = None
    asked_at_hand: Asked | None = None

    @staticmethod
    def packed(output: Output, ref: OutputRef, asked: Asked | None = None) -> Mapping[str, str]:
        """Compress what a task shows and its origin; return hash fields for Redis, one a piece.

        A piece has 64 bytes, each stored as one character; a content too large for eight such
        pieces is one piece. The `traceparent` of `ref` is left out, since the task's own hash has
        it.
        Example: 300 compressed bytes become the fields `0` to `4`.
        """
        json_output = output.model_dump_json(exclude_none=True)
        json_ref = ref.model_dump_json(exclude_none=True, exclude={"traceparent"})
        more = "" if asked is None else "," + asked.model_dump_json(exclude_none=True)
        deflate = zlib.compressobj(
            level=_EFFORT,
            method=zlib.DEFLATED,
            wbits=_WINDOW_BITS_LARGE if more else _WINDOW_BITS,
            memLevel=_MEMORY_LEVEL,
            zdict=_ALIKE,
        )
        raw = deflate.compress(f"[{json_output},{json_ref}{more}]".encode()) + deflate.flush()
        size = _PIECE_BYTES if len(raw) <= _PIECE_BYTES * len(PIECES) else len(raw)
        return {
            name: raw[first : first + size].decode(errors="surrogateescape")
            for name, first in zip(PIECES, range(0, len(raw), size), strict=False)
        }

    @classmethod
    def of(cls, pieces: Mapping[str, str]) -> "Content":
        """Return the content whose pieces these hash fields are; it is decompressed later."""
        return cls("".join([pieces[name] for name in sorted(pieces)]))

    @property
    def output(self) -> Output:
        """The model output that is shown to workers."""
        return self.output_at_hand or _unpacked(self.compressed).output

    @property
    def asked(self) -> Asked | None:
        """The material this one task asks about; None where its type's question says it all."""
        return self.asked_at_hand if self.output_at_hand else _unpacked(self.compressed).asked

    @property
    def ref(self) -> OutputRef:
        """Reference by which upstream finds its output again, without its trace."""
        return _unpacked(self.compressed).ref


_SHOWN = TypeAdapter(_Shown)
NO_CONTENT = Content()


@lru_cache(maxsize=8)
def _unpacked(compressed: str) -> _Shown:
    """Unpack compressed content; cached, as a task is read repeatedly."""
    # A stream with a smaller window is read by a larger one.
    inflate = zlib.decompressobj(wbits=_WINDOW_BITS_LARGE, zdict=_ALIKE)
    raw = compressed.encode(errors="surrogateescape")
    return _SHOWN.validate_json(inflate.decompress(raw) + inflate.flush())
