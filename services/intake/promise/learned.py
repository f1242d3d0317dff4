"""What people's verdicts taught of one model, version and task type: counts, and the newest audits.

Folding lessons in any order gives the same, since counts are sums and of the newest the highest
remain. That a lesson is counted once is for whoever folds: the verdict's natural id guards it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.intake.promise.watch import with_entries
from services.intake.promise.wealth import Counts

Cell = tuple[int, int]
"""Band of confidence, halvings of the weight."""


@dataclass(frozen=True, slots=True)
class Audited:
    """A verdict of people on an output that the gate could have waived.

    term: the gate's when it decided, see `Learned`. cell: band, and how often the weight is halved:
    not at all for an audited output, and for every output while the gate waives none; else as often
    as the audit is. entry: for one at or above the threshold what the watch keeps of it, else None.
    Outputs that a condition or a list sends to people are no lessons: they are never waived.
    """

    term: int
    cell: Cell
    wrong: bool
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known in this term of the gate. A term ends when the gate closes by itself.

    What an earlier term taught is void, since the model is another one. counts: by cell, how many
    were right and wrong; at most 20 bands by 7 weights. newest: entries of `watch`, at most 512.
    """

    term: int = 1
    counts: Mapping[Cell, tuple[int, int]] = field(default_factory=dict)
    newest: tuple[int, ...] = ()


def learn(learned: Learned, lessons: Iterable[Audited]) -> Learned:
    """Return what is known with some lessons more; one of an earlier term teaches nothing."""
    some = list(lessons)
    term = max([learned.term, *(one.term for one in some)])
    if term > learned.term:
        learned = Learned(term)
    counts, entries = dict(learned.counts), []
    for one in some:
        if one.term < term:
            continue
        right, wrong = counts.get(one.cell, (0, 0))
        counts[one.cell] = (right, wrong + 1) if one.wrong else (right + 1, wrong)
        if one.entry is not None:
            entries.append(one.entry)
    newest = with_entries(learned.newest, entries) if entries else learned.newest
    return Learned(term, counts, newest)


def close(learned: Learned, term: int) -> Learned:
    """Return what is known after the gate closed in this term; closing it twice changes nothing."""
    return learned if term < learned.term else Learned(term + 1)


def counts_from(learned: Learned, band: int) -> Iterable[Counts]:
    """Yield the counts of this band and all above."""
    for (one, times), (right, wrong) in sorted(learned.counts.items()):
        if one >= band:
            yield times, right, wrong
