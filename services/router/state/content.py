"""The content of a task: one model output and where it came from, compressed while it is open."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pydantic import TypeAdapter

from shared.contracts.events.parts import Output, OutputRef

PIECES = tuple("01234567")
"""Names of the pieces that a small content is cut into."""
_PIECE_BYTES = 64
"""The longest value with which Redis keeps a hash in half the room."""
_SHOWN = TypeAdapter(tuple[Output, OutputRef])
_WINDOW_BITS = -13
"""Eight KiB to find repetitions in, and no header: a larger window costs more to set up than it
saves on what people are shown."""
_MEMORY_LEVEL = 5
_EFFORT = 1
"""The least: more spares a fortieth of the room, and takes half as long again over long texts."""
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
"""Text that most outputs share, the most frequent last; changing it changes the state version."""


@dataclass(frozen=True, slots=True)
class Content:
    """The output that a task shows and its origin, parsed only when one of them is asked for.

    `compressed` is the form that state keeps. The output of a new task is at hand anyway, and
    stands in `at_hand`.
    Example: a task that is offered five times in a row is unpacked once.
    """

    compressed: str = ""
    at_hand: Output | None = None

    @staticmethod
    def packed(output: Output, ref: OutputRef) -> Mapping[str, str]:
        """Compress output and ref; return the fields of a hash, one for each piece.

        Every byte is one character of text. A content too large for eight pieces of 64 bytes is one
        piece. The ref goes without its trace, which the task's own hash keeps.
        Example: 300 compressed bytes are the pieces `0` to `4`.
        """
        json_output = output.model_dump_json(exclude_none=True)
        json_ref = ref.model_dump_json(exclude_none=True, exclude={"traceparent"})
        deflate = zlib.compressobj(
            level=_EFFORT,
            method=zlib.DEFLATED,
            wbits=_WINDOW_BITS,
            memLevel=_MEMORY_LEVEL,
            zdict=_ALIKE,
        )
        raw = deflate.compress(f"[{json_output},{json_ref}]".encode()) + deflate.flush()
        size = _PIECE_BYTES if len(raw) <= _PIECE_BYTES * len(PIECES) else len(raw)
        return {
            name: raw[first : first + size].decode(errors="surrogateescape")
            for name, first in zip(PIECES, range(0, len(raw), size), strict=False)
        }

    @classmethod
    def of(cls, pieces: Mapping[str, str]) -> "Content":
        """Put the pieces of a hash together again."""
        return cls("".join(pieces[name] for name in sorted(pieces)))

    @property
    def output(self) -> Output:
        """The model output that is shown."""
        return self.at_hand or _unpacked(self.compressed)[0]

    @property
    def ref(self) -> OutputRef:
        """The reference by which upstream finds the output again, without its trace."""
        return _unpacked(self.compressed)[1]


NO_CONTENT = Content()


@lru_cache(maxsize=8)
def _unpacked(compressed: str) -> tuple[Output, OutputRef]:
    """Return output and ref; cached, since one task is offered several times in a row."""
    inflate = zlib.decompressobj(wbits=_WINDOW_BITS, zdict=_ALIKE)
    raw = compressed.encode(errors="surrogateescape")
    return _SHOWN.validate_json(inflate.decompress(raw) + inflate.flush())
