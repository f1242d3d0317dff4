"""The page and the picture of what the gate's promise came to."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib import pyplot as plt

from bench.bars import Bar
from bench.gate_rows import Row
from bench.plots import BOUND, DPI, EARLIER, SERVICE, SIZE

HEAD = """\
# A gate with a promise

`python -m bench.gate` writes this page: {seeds} runs of each line, with a truth that is known. The
gate may be wrong in at most the stated share of what nobody sees, with 95 % confidence, at every
look: one for 4 outputs of the first 200, for 25 of the first 2,000, then for 200. People see
everything until a threshold is proved, then 1 of 2, 4, 8 and 16 of what is above it.

* **kept**: runs that kept the promise. Of a steady model: no threshold ever let more errors through
  than promised. Of a swapped one: until the swap, and after the gate had closed. Of a drifting one:
  no more errors among all waived outputs.
* **once**: a threshold chosen once from the first 500 verdicts, by exact binomial tests of the same
  thresholds under the same promise, then 1 of 16 audited; of three ways to begin, the best.
* **at best**: what no sequential test of these thresholds could exceed on average (Wald's bound),
  if every output brought a verdict and the threshold to test were known. **known**: the right
  threshold from the first output on.

Where the first 500 verdicts show much, twice as much is out of reach: even the right threshold,
known from the first output on, waives less than that. Where they prove nothing, the gate waives
later what a choice made once never does. Once it is open it learns about what is above its
threshold from few outputs, and it pays for being looked at always.
"""


def page(rows: Sequence[Row], bars: Sequence[Bar], seeds: int) -> str:
    """Return the page in Markdown."""
    parts = [HEAD.format(seeds=seeds), "\n".join(_table(rows)), _SWAPS, "\n".join(_swaps(rows))]
    parts += ["## What is promised, and whether it is held\n", "\n".join(_held(bars))]
    return "\n".join(parts) + "\n"


_SWAPS = """
## A worse model under the same name

Halfway the model is swapped for one that errs more, however sure it says it is. The gate closes by
itself. **soonest**: what no detector is faster than, on average, that errs once in 500 audited
outputs where just as many are wrong as promised (Lorden's bound). A threshold that is proved no
longer closes the gate, too, and at that error the gate may err more often than once in 500. Under
suspicion people see all 200 outputs from one look to the next; these count as audited.
"""


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "## What is waived, and whether the promise is kept\n"
    yield (
        "| model | at most wrong | kept | wrong of the waived, worst run | first waived after "
        "| waived | once | once kept | at best | known | ÷ once | best ÷ once |"
    )
    yield "| --- |" + " ---: |" * 11
    for row in rows:
        if row.swap is None:
            yield "| " + " | ".join(_cells(row)) + " |"


def _cells(row: Row) -> Iterator[str]:
    yield row.case.name
    yield f"{row.case.promise.max_error:.0%}"
    yield f"{row.kept} of {row.runs}"
    yield f"{row.worst:.1%}" if row.waived else "–"
    yield f"{row.opened:,.0f}" if row.opened else "never"
    yield f"{row.waived:.1%}"
    yield f"{row.once:.1%}"
    yield f"{row.once_kept} of {row.runs}"
    yield f"{row.best:.1%}"
    yield f"{row.known:.1%}"
    yield _times(row.waived, row.once)
    yield _times(row.best, row.once)


def _times(share: float, once: float) -> str:
    if not share:
        return "–"
    return f"{share / once:.2f}" if once >= 0.0005 else "once waives none"


def _swaps(rows: Sequence[Row]) -> Iterator[str]:
    yield (
        "| model | at most wrong | kept | wrong above the threshold after "
        "| closed within 500 audited | audited until then: median | 90 % | soonest |"
    )
    yield "| --- |" + " ---: |" * 7
    for row in rows:
        swap = row.swap
        if swap is not None:
            yield (
                f"| {row.case.name} | {row.case.promise.max_error:.0%} | {row.kept} of {row.runs} "
                f"| {swap.after:.1%} | {swap.noticed} of {swap.runs} | {swap.middle:.0f} "
                f"| {swap.late:.0f} | {swap.soonest:.0f} |"
            )
    closed = sum(row.closed for row in rows if row.swap is None)
    steady = [row for row in rows if row.case.planted.is_steady]
    runs = sum(row.runs for row in steady)
    yield f"\nOf steady models it closed by mistake {closed} times in {runs} runs.\n"


def _held(bars: Sequence[Bar]) -> Iterator[str]:
    for bar in bars:
        yield f"* {' '.join(str(bar).split())}"


def draw(path: Path, rows: Sequence[Row]) -> Path:
    """Draw for each model that may be waived the shares: at best, the gate's, chosen once."""
    some = [row for row in rows if row.case.planted.is_steady and row.best]
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for at, row in enumerate(some):
        for shift, share, colour in ((-0.2, row.once, EARLIER), (0.2, row.waived, SERVICE)):
            axes.bar(at + shift, 100 * share, 0.36, color=colour)
        axes.hlines(100 * row.best, at - 0.4, at + 0.4, colors=BOUND, linestyles="dashed")
    axes.set_xticks(range(len(some)), [*map(_short, some)], fontsize=7)
    axes.set_ylabel("% of outputs waived")
    axes.set_title("Chosen once (grey), the gate (blue), at best (dashed)", fontsize=10)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
    return path


def _short(row: Row) -> str:
    name = row.case.planted.name.split(":")[0]
    slips = "\n(people err)" if row.case.name != row.case.planted.name else ""
    return f"{name}\n{row.case.promise.max_error:.0%}{slips}"
