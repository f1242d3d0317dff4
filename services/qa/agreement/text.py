"""Agreement on free text: nobody can vote on it, so distinct texts go to a second stage.

Two people who independently write the same text are strong evidence for it, since texts that could
be written are without number: of authors who are right with the weights w1, w2, ... a text that all
of them wrote is wrong only if each of them is, 1 - (1 - w1)(1 - w2)... (noisy-or; Pearl, 1988).
That is a text's support. Where the supports of several texts come to more than 1, each is divided
by their sum; else what is left is that of a text nobody wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, prod

from services.qa.agreement.evidence import BALLOTS_MIN, DIGITS
from services.qa.agreement.reliability import (
    AGREED_MILLI,
    ANSWERS,
    Population,
    Reliability,
    estimate,
)
from services.qa.agreement.terms import (
    Agreement,
    AnswersWanted,
    Ballot,
    Draft,
    Lessons,
    Stop,
    ask_on,
)
from shared.contracts.question import Answer, text_of
from shared.contracts.questions.text import TextQuestion


@dataclass(frozen=True, slots=True)
class WrittenTexts:
    """The distinct texts of a task, and the one to take if nobody ranks them.

    answer: the text with the most support; of equals that of the lowest assignment id. distinct:
    how many texts there are. distribution: none, texts are too long for that.
    Example: three answers, two of them the same: `distinct` is 2.
    """

    answer: Answer
    probability: float
    distinct: int
    distribution: Mapping[str, float]
    detail: None = None


def weigh(_: Answer, __: TextQuestion, worker: Reliability, population: Population) -> float:
    """Return how likely the author's text is to be preferred to others."""
    return round(estimate(worker, population), DIGITS)


def tally(
    ballots: Sequence[Ballot[Answer]],
    _: TextQuestion,
    weights: Mapping[str, float],
    __: Draft[Answer] | None = None,
) -> WrittenTexts:
    """Return the distinct texts, with the support of the one that has most of it."""
    by_text: dict[str, list[Ballot[Answer]]] = {}
    for ballot in sorted(ballots, key=lambda one: one.assignment_id):
        if ballot.assignment_id in weights:
            by_text.setdefault(text_of(ballot.answer), []).append(ballot)
    support = {
        text: 1 - prod(sorted(1 - weights[ballot.assignment_id] for ballot in same))
        for text, same in by_text.items()
    }
    if not support:
        return WrittenTexts(None, 0.0, 0, {})
    # The texts stand in the order of their lowest assignment ids: of equals the first is taken.
    best = max(support, key=lambda text: support[text])
    probability = round(support[best] / max(1.0, fsum(support.values())), DIGITS)
    return WrittenTexts(by_text[best][0].answer, probability, len(support), {})


def stop(texts: WrittenTexts, answered: int, wanted: AnswersWanted, _: float) -> Stop:
    """Stop once the least number of texts is there: a further one would only be one more to rank.

    If all are the same there is nothing to rank; of enough authors it is confident.
    """
    reached = texts.distinct == 1 and texts.probability >= wanted.goal
    return ask_on(answered, wanted, reached=reached, settled=lambda _: True)


def lessons(texts: WrittenTexts, ballots: Sequence[Ballot[Answer]]) -> Lessons:
    """Return that authors agreed who all wrote the same; other texts are judged by who ranks them.

    A text that nobody else wrote beside it teaches nothing.
    """
    if texts.distinct != 1 or len(ballots) < BALLOTS_MIN:
        return {}
    return {ballot.worker_id: {ANSWERS: 1, AGREED_MILLI: 1000} for ballot in ballots}


AGREEMENT = Agreement[TextQuestion, Answer, WrittenTexts](weigh, tally, stop, lessons)
