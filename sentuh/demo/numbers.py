"""Computes the numbers of a run from its journal and the right answers. Does no I/O."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil

from sentuh.demo.by_kind import KindRow, by_kind
from sentuh.demo.journal import Journal
from sentuh.demo.kinds import MATERIALS, lacking
from sentuh.demo.material import Truth
from shared.contracts.events.parts import Quote
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Answer, kept

BIN_EDGES = (0.0, 0.8, 0.9, 0.95, 0.99, 1.0)
ANSWERS_TO_BE_RANKED = 20
"""A worker with fewer answers is ranked neither best nor worst."""


@dataclass(frozen=True, slots=True)
class Score:
    """The number of right ones of all; `right` may be a fraction, as ties count by their odds."""

    right: float
    of: int

    @property
    def share(self) -> float:
        """The share of right ones, 0 to 1; 0 if there are none at all."""
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One task type: outputs, those waived, and how often model and verdict were right."""

    task_type: str
    outputs: int
    waived: int
    model: Score
    verdict: Score


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts of people whose stated probability is in one range: mean stated, and actual."""

    low: float
    high: float
    stated: float
    actual: Score


@dataclass(frozen=True, slots=True)
class Money:
    """The pay in one currency, in minor units, and the number of right verdicts of people."""

    currency: str
    exponent: int
    answers: int
    amount_minor: int
    right_verdicts: int

    @property
    def per_right_verdict_minor(self) -> Decimal | None:
        """Minor units to two decimals; None where no verdict was right."""
        if not self.right_verdicts:
            return None
        return (Decimal(self.amount_minor) / self.right_verdicts).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker: on-time answers, how many were right, the mean weight qa gave them, earnings."""

    worker_id: str
    answers: Score
    weight: float
    earned: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers of a run. `majority` is a plain vote of the same counted answers.

    What is right or wrong (`model` to `calibration`, and the right verdicts of `money`) is of the
    choices alone; `by_kind` has a measure for each of the other kinds.
    """

    outputs: int
    waived: int
    judged: int
    dead_letters: Mapping[str, int]
    answers: Mapping[str, int]
    answers_per_verdict: Mapping[int, int]
    stopped: Mapping[str, int]
    by_type: Sequence[TypeRow]
    by_kind: Sequence[KindRow]
    left_out: Mapping[str, str]
    model: Score
    verdict: Score
    model_waived: Score
    model_judged: Score
    majority_judged: Score
    verdict_judged: Score
    calibration: Sequence[Bin]
    money: Sequence[Money]
    seconds_p50: float
    seconds_p99: float
    best: WorkerRow | None
    worst: WorkerRow | None


def numbers(journal: Journal, truths: Mapping[str, Truth]) -> Numbers:
    """Compute the numbers of a run; `truths` are all outputs that were sent, by task id."""
    of_sent_outputs = {
        task: verdict for task, verdict in journal.verdicts.items() if task in truths
    }
    judged = {task: verdict for task, verdict in of_sent_outputs.items() if verdict.by == "people"}
    choices = {task: truth for task, truth in truths.items() if truth.kind not in MATERIALS}
    chosen = {task: verdict for task, verdict in judged.items() if task in choices}
    final = {task: verdict for task, verdict in of_sent_outputs.items() if task in choices}
    workers = _workers(journal, choices)
    times = sorted((v.at - v.created_at).total_seconds() for v in judged.values())
    return Numbers(
        outputs=len(truths),
        waived=len(journal.waived),
        judged=len(judged),
        dead_letters=dict(journal.dead_letters),
        answers=_answers(journal),
        answers_per_verdict=_answers_per_verdict(judged.values()),
        stopped=dict(Counter(verdict.stop_reason for verdict in judged.values())),
        by_type=_by_type(journal, choices),
        by_kind=by_kind(journal, truths),
        left_out=lacking(),
        model=_model(choices, choices),
        verdict=_verdict(final, choices, of=len(choices)),
        model_waived=_model(journal.waived, choices),
        model_judged=_model(chosen, choices),
        majority_judged=_majority(chosen, choices),
        verdict_judged=_verdict(chosen, choices, of=len(chosen)),
        calibration=_calibration(chosen, choices),
        money=_money(journal, choices),
        seconds_p50=percentile(times, 0.50),
        seconds_p99=percentile(times, 0.99),
        best=max(workers, key=_quality, default=None),
        worst=min(workers, key=_quality, default=None),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share does not exceed; 0 if there is none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def majority_right(verdict: VerdictReached, truth: Answer) -> float:
    """Return the probability that a majority of the counted answers is right, ties by chance."""
    votes = Counter(kept(vote.answer) for vote in verdict.votes if vote.standing == "counted")
    top = [answer for answer, count in votes.items() if count == max(votes.values())]
    return (kept(truth) in top) / len(top) if top else 0.0


def _answers(journal: Journal) -> dict[str, int]:
    """Count answers: on time and counted, on time and surplus, late."""
    votes = [vote for verdict in journal.verdicts.values() for vote in verdict.votes]
    on_time = sum(not answered.late for answered in journal.answered.values())
    counted = sum(vote.standing == "counted" for vote in votes)
    return {
        "counted": counted,
        "surplus": on_time - counted,
        "late": len(journal.answered) - on_time,
    }


def _answers_per_verdict(verdicts: Iterable[VerdictReached]) -> dict[int, int]:
    counts = Counter(
        sum(vote.standing == "counted" for vote in verdict.votes) for verdict in verdicts
    )
    return dict(sorted(counts.items()))


def _by_type(journal: Journal, truths: Mapping[str, Truth]) -> list[TypeRow]:
    groups: dict[str, dict[str, Truth]] = defaultdict(dict)
    for task_id, truth in truths.items():
        groups[truth.task_type][task_id] = truth
    return [
        TypeRow(
            task_type=name,
            outputs=len(own),
            waived=len(own.keys() & journal.waived.keys()),
            model=_model(own, own),
            verdict=_verdict(
                {task: journal.verdicts[task] for task in own if task in journal.verdicts},
                own,
                of=len(own),
            ),
        )
        for name, own in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]


def _model(tasks: Iterable[str], truths: Mapping[str, Truth]) -> Score:
    own = [truths[task] for task in tasks if task in truths]
    return Score(sum(truth.model_answer == truth.truth for truth in own), len(own))


def _verdict(
    verdicts: Mapping[str, VerdictReached], truths: Mapping[str, Truth], *, of: int
) -> Score:
    right = sum(verdict.answer == truths[task].truth for task, verdict in verdicts.items())
    return Score(right, of)


def _majority(verdicts: Mapping[str, VerdictReached], truths: Mapping[str, Truth]) -> Score:
    right = sum(majority_right(verdict, truths[task].truth) for task, verdict in verdicts.items())
    return Score(right, len(verdicts))


def _calibration(verdicts: Mapping[str, VerdictReached], truths: Mapping[str, Truth]) -> list[Bin]:
    bins = []
    for low, high in pairwise(BIN_EDGES):
        inside = {
            task: verdict
            for task, verdict in verdicts.items()
            if low <= verdict.probability < high or verdict.probability == high == BIN_EDGES[-1]
        }
        if inside:
            stated = sum(verdict.probability for verdict in inside.values()) / len(inside)
            bins.append(Bin(low, high, stated, _verdict(inside, truths, of=len(inside))))
    return bins


def _money(journal: Journal, truths: Mapping[str, Truth]) -> list[Money]:
    lines: dict[tuple[str, int], list[int]] = defaultdict(list)
    tasks: dict[tuple[str, int], set[str]] = defaultdict(set)
    for line in journal.confirmed.values():
        currency = line.quote.currency, line.quote.exponent
        lines[currency].append(line.quote.amount_minor)
        tasks[currency].add(line.task_id)
    return [
        Money(
            currency=currency,
            exponent=exponent,
            answers=len(amounts),
            amount_minor=sum(amounts),
            right_verdicts=sum(
                _is_right(journal, truths, task) for task in tasks[currency, exponent]
            ),
        )
        for (currency, exponent), amounts in sorted(lines.items(), key=lambda row: -len(row[1]))
    ]


def _is_right(journal: Journal, truths: Mapping[str, Truth], task: str) -> bool:
    verdict, truth = journal.verdicts.get(task), truths.get(task)
    return verdict is not None and truth is not None and verdict.answer == truth.truth


def _workers(journal: Journal, truths: Mapping[str, Truth]) -> list[WorkerRow]:
    """Return a row for each worker with enough answers; if there is none, for every worker."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for answered in journal.answered.values():
        if not answered.late and answered.task_id in truths:
            marks[answered.worker_id].append(answered.answer == truths[answered.task_id].truth)
    weights: dict[str, list[float]] = defaultdict(list)
    for verdict in journal.verdicts.values():
        for vote in verdict.votes:
            if vote.weight is not None:
                weights[vote.worker_id].append(vote.weight)
    rows = [
        WorkerRow(
            worker_id=worker,
            answers=Score(sum(right), len(right)),
            weight=sum(weights[worker]) / len(weights[worker]) if weights[worker] else 0.0,
            earned=_earned(journal, worker),
        )
        for worker, right in sorted(marks.items())
    ]
    return [row for row in rows if row.answers.of >= ANSWERS_TO_BE_RANKED] or rows


def _earned(journal: Journal, worker_id: str) -> tuple[Quote, ...]:
    """Sum the earnings of a worker in each currency, that of most answers first."""
    lines: dict[tuple[str, int], list[int]] = defaultdict(list)
    for line in journal.confirmed.values():
        if line.worker_id == worker_id:
            lines[line.quote.currency, line.quote.exponent].append(line.quote.amount_minor)
    return tuple(
        Quote(amount_minor=sum(amounts), currency=currency, exponent=exponent)
        for (currency, exponent), amounts in sorted(lines.items(), key=lambda row: -len(row[1]))
    )


def _quality(row: WorkerRow) -> tuple[float, int]:
    return row.answers.share, row.answers.of
