"""Intake by format, beside another build; and with a gate and with redaction, beside without."""

from collections.abc import Mapping, Sequence

from bench.sides import Side
from bench.throughput import Tell

FORMATS = (
    "openai.chat",
    "hf.text-classification",
    "whisper.verbose_json",
    "sklearn.proba",
    "sentuh.output",
)
WITHIN: Mapping[str, tuple[str, Mapping[str, bool]]] = {
    "a condition in the gate": ("openai.chat", {"gated": True}),
    "redaction, where nothing is to redact": ("redacting none", {"redacts": True}),
    "redaction, of every fourth output": ("redacting some", {"redacts": True}),
    "redaction, of every output": ("redacting all", {"redacts": True}),
}
"""What this build alone is asked: which outputs, and what the task type does with them."""
COUNT = 200
ROUNDS = 3
"""Runs of each side of a pair, in turn, of which the quickest counts: others met the machine."""

Pairs = list[dict[str, float]]
Asked = Mapping[str, str | bool]


def measured(builds: Mapping[str, Side], pairs: int, tell: Tell) -> dict[str, dict[str, Pairs]]:
    """Return microseconds of CPU for an output, pair by pair, by `formats` and by `within`."""
    formats: dict[str, Pairs] = {name: [] for name in FORMATS}
    within: dict[str, Pairs] = {what: [] for what in WITHIN}
    for number in range(pairs):
        tell(f"formats, pair {number + 1} of {pairs}")
        for name in FORMATS:
            formats[name].append(
                _pair({side: (build, {"name": name}) for side, build in builds.items()}, number)
            )
        for what, (name, more) in WITHIN.items():
            without: Asked = {"name": name}
            both = {
                "without": (builds["now"], without),
                "with": (builds["now"], {**without, **more}),
            }
            within[what].append(_pair(both, number))
    return {"formats": formats, "within": within}


def _pair(both: Mapping[str, tuple[Side, Asked]], number: int) -> dict[str, float]:
    runs: dict[str, list[float]] = {side: [] for side in both}
    for at in range(ROUNDS):
        for side in _order(tuple(both), number + at):
            build, how = both[side]
            runs[side].append(build.ask("format", count=COUNT, **how))
    return {side: min(some) for side, some in runs.items()}


def _order(sides: Sequence[str], number: int) -> Sequence[str]:
    return sides[::-1] if number % 2 else sides
