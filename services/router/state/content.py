"""What a task shows: one model output and where it came from, kept deflated while it is open."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pydantic import TypeAdapter

from shared.contracts.events.parts import Output, OutputRef

PIECES = tuple("01234567")
"""Names of the pieces that a small content is kept in."""
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
"""What most outputs have in common, the most frequent last. It is a part of the form of state."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a task shows and where it came from: as it is kept, and read when it is asked for."""

    shown: str = ""
    given: Output | None = None

    @staticmethod
    def packed(output: Output, ref: OutputRef) -> Mapping[str, str]:
        """Both as deflated JSON, in text that stands for its bytes, by piece: of what is too large
        for them all there is one. The task has the trace.
        """
        without = {"traceparent"}
        said = (
            output.model_dump_json(exclude_none=True),
            ref.model_dump_json(exclude_none=True, exclude=without),
        )
        deflate = zlib.compressobj(
            level=_EFFORT,
            method=zlib.DEFLATED,
            wbits=_WINDOW_BITS,
            memLevel=_MEMORY_LEVEL,
            zdict=_ALIKE,
        )
        raw = deflate.compress(f"[{said[0]},{said[1]}]".encode()) + deflate.flush()
        size = _PIECE_BYTES if len(raw) <= _PIECE_BYTES * len(PIECES) else len(raw)
        return {
            name: raw[first : first + size].decode(errors="surrogateescape")
            for name, first in zip(PIECES, range(0, len(raw), size), strict=False)
        }

    @classmethod
    def of(cls, pieces: Mapping[str, str]) -> "Content":
        """What these pieces are of."""
        return cls("".join(pieces[name] for name in sorted(pieces)))

    @property
    def output(self) -> Output:
        """What is shown."""
        return self.given or _read(self.shown)[0]

    @property
    def ref(self) -> OutputRef:
        """Which model output it is, without its trace."""
        return _read(self.shown)[1]


NO_CONTENT = Content()


@lru_cache(maxsize=8)
def _read(shown: str) -> tuple[Output, OutputRef]:
    """Of one task mostly several times in a row, as often as it is offered."""
    inflate = zlib.decompressobj(wbits=_WINDOW_BITS, zdict=_ALIKE)
    raw = shown.encode(errors="surrogateescape")
    return _SHOWN.validate_json(inflate.decompress(raw) + inflate.flush())
