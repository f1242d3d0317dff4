"""Words for what a verdict owes to golds and to the verdicts before it, beside its own votes."""

from collections.abc import Iterator, Mapping

from sentuh.history.collect import History
from sentuh.trace.sureness import asked_for, policy_of, share
from shared.contracts.events.verdicts import FlagSign, VerdictReached
from shared.contracts.question import NO_QUESTION, Answer


def in_words(verdict: VerdictReached, history: History) -> list[str]:
    """Return a phrase for each thing it owes; none where its task type has learned nothing.

    Example: "golds showed that 97 % by the votes alone is right in 86 %".
    """
    return [*_learned(verdict), *_of_golds(verdict, history), *_flagged(verdict)]


def ended(verdict: VerdictReached, history: History) -> str:
    """Return why asking ended. Example: "sure enough (95 % is asked for)"."""
    policy, asked = policy_of(history), asked_for(history)
    most = 0 if policy is None or verdict.gold else policy.answers.max
    unspent = most - verdict.wanted
    left = f"the {unspent} answer{'' if unspent == 1 else 's'} left to ask for"
    worth = verdict.used is not None and verdict.used.price is not None
    dear = ", or promise less than their price" if worth else ""
    return {
        "confident": "sure enough" + (f" ({asked})" if asked else ""),
        "ambiguous": "people who are trusted are split, and more answers would not change that",
        "futile": f"{left} could not make it probable enough",
        "budget": f"{left} could not change it{dear}"
        if unspent > 0
        else "no further answer may be asked for",
        "exhausted": "no further answer was to be had",
        "waived": "the model's own answer, nobody was asked",
    }[verdict.stop_reason]


def _learned(verdict: VerdictReached) -> Iterator[str]:
    used = verdict.used
    if verdict.calibrated and verdict.raw_probability is not None:
        by_votes, stated = share(verdict.raw_probability), share(verdict.probability)
        yield f"golds showed that {by_votes} by the votes alone is right in {stated}"
    if used is not None and used.damping is not None:
        yield f"golds showed that votes together count for {used.damping:g} of their evidence"
    if used is not None and used.mix is not None:
        yield f"golds showed that a worker's record by option counts for {used.mix:g}"
    if used is not None and used.prior:
        yield "some answers are commoner than others, which counted"


def _of_golds(verdict: VerdictReached, history: History) -> Iterator[str]:
    if verdict.gold is not None:
        truth = _quoted(verdict.gold.truth, history)
        yield f"the task was the gold {verdict.gold.gold_id}, whose right answer is {truth}"
    if verdict.confused is not None:
        one, other = (_quoted(option, history) for option in verdict.confused)
        yield f"people take {one} and {other} for each other across tasks: see the question"


def _flagged(verdict: VerdictReached) -> Iterator[str]:
    for one in verdict.flagged:
        shows = f"evidence {one.evidence:.1f} from {one.answers} answers"
        yield f"{_SIGNS[one.sign].format(one.worker_id)} ({shows}): look into it"


_SIGNS: Mapping[FlagSign, str] = {
    "guessing": "{} agrees with others here no more than by chance",
}


def _quoted(answer: Answer, history: History) -> str:
    asked = next((task.question_asked for task in history.tasks.values()), NO_QUESTION)
    return asked.in_words(answer)
