"""Computes what people made of each kind of question beside choices: before, after, and its pay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentuh.demo.journal import Journal
from sentuh.demo.kinds import MATERIALS
from sentuh.demo.kinds.terms import Material
from sentuh.demo.material import Truth
from shared.contracts.events.asked import MILLISECONDS_OF_A_MINUTE
from shared.contracts.events.parts import Quote
from shared.contracts.question import Answer


@dataclass(frozen=True, slots=True)
class KindRow:
    """One task type of a kind: what its model alone and its verdicts come to, on the same outputs.

    `measures` names what `before` and `after` are: a share if `as_share`, else points. `answers`
    are those counted, per output that people saw. `paid` is all that is payable, in each currency;
    `per_minute` the same for each minute that somebody heard, where pay is by the audio minute.
    """

    kind: str
    task_type: str
    outputs: int
    judged: int
    answers: float
    measures: str
    as_share: bool
    before: float
    after: float
    paid: Sequence[Quote]
    per_minute: Sequence[Quote]


def by_kind(journal: Journal, truths: Mapping[str, Truth]) -> list[KindRow]:
    """Return a row for each task type of these kinds, in the order of kinds and types."""
    groups: dict[tuple[str, str], dict[str, Truth]] = defaultdict(dict)
    for task_id, truth in truths.items():
        groups[truth.kind, truth.task_type][task_id] = truth
    return [
        _row(journal, name, own) for name, own in sorted(groups.items()) if name[0] in MATERIALS
    ]


def _row(journal: Journal, name: tuple[str, str], own: Mapping[str, Truth]) -> KindRow:
    kind, task_type = name
    material = MATERIALS[kind]
    verdicts = {task: journal.verdicts[task] for task in own if task in journal.verdicts}
    judged = [verdict for verdict in verdicts.values() if verdict.by == "people"]
    counted = sum(vote.standing == "counted" for verdict in judged for vote in verdict.votes)
    quotes = [line.quote for line in journal.confirmed.values() if line.task_id in own]
    final = {task: verdict.answer for task, verdict in verdicts.items()}
    return KindRow(
        kind=kind,
        task_type=task_type,
        outputs=len(own),
        judged=len(judged),
        answers=counted / len(judged) if judged else 0.0,
        measures=material.measures,
        as_share=material.as_share,
        before=_measured(material, own, {task: truth.model_answer for task, truth in own.items()}),
        after=_measured(material, own, final),
        paid=_sums(quotes),
        per_minute=_per_minute(quotes),
    )


def _measured(
    material: Material, truths: Mapping[str, Truth], answers: Mapping[str, Answer]
) -> float:
    """Return the measure over all outputs; one without an answer counts as one with nothing."""
    each = [material.measure(answers.get(task), truth.truth) for task, truth in truths.items()]
    of = sum(one.of for one in each)
    return sum(one.amount for one in each) / of if of else 0.0


def _sums(quotes: Iterable[Quote]) -> list[Quote]:
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for quote in quotes:
        sums[quote.currency, quote.exponent] += quote.amount_minor
    return [
        Quote(amount_minor=amount, currency=currency, exponent=exponent)
        for (currency, exponent), amount in sorted(sums.items())
    ]


def _per_minute(quotes: Iterable[Quote]) -> list[Quote]:
    """Return the pay for each minute heard, in each currency; none where pay is not by minutes."""
    heard: dict[tuple[str, int], int] = defaultdict(int)
    timed = [quote for quote in quotes if quote.units and quote.units.per == "audio_minute"]
    for quote in timed:
        heard[quote.currency, quote.exponent] += quote.units.count if quote.units else 0
    return [
        paid.model_copy(
            update={
                "amount_minor": round(
                    paid.amount_minor
                    * MILLISECONDS_OF_A_MINUTE
                    / heard[paid.currency, paid.exponent]
                )
            }
        )
        for paid in _sums(timed)
        if heard[paid.currency, paid.exponent]
    ]
