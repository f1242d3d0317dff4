"""Types that the explanations of all kinds share: what votes make, and what a kind must say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, Question

Q = TypeVar("Q", bound=Question)


class Made(NamedTuple):
    """The answer that some votes make, recounted, and how sure it is, as a number and in words.

    probability: as the verdict's is meant (before its calibration). stays: how probable these votes
    make the answer that the verdict gave; None of a kind in which only the best answer has a
    probability. Example: without one of three votes: `dog`, 0.61, and 0.39 for the verdict's `cat`.
    """

    answer: Answer
    probability: float
    stays: float | None
    sure: str


def same_answer(verdict: VerdictReached, _: Question, answer: Answer) -> bool:
    """Return whether an answer is the verdict's own."""
    return verdict.answer == answer


def right_of_the_time(weight: float) -> str:
    """Return what a weight means where it is how often somebody is right."""
    return f"right {share(weight)} of the time"


def only_sure(probability: float) -> str:
    """Return a probability as people read it: `97 % sure`."""
    return f"{share(probability)} sure"


@dataclass(frozen=True)
class Explaining(Generic[Q]):
    """How verdicts on one kind of question are explained: by the audit's recount, never by qa's.

    made(verdict, question, votes): what these votes make together with what else was evidence in
    the verdict (its draft); None where they make no answer. The votes fit the question, have a
    weight and are in the order of their assignment ids.
    others(verdict, question, votes): a few answers that might have been given instead of the
    verdict's, the most likely first; none where nobody can say.
    believed(weight): what a vote's weight means.
    same(verdict, question, answer): whether an answer is the verdict's own, as its kind compares.
    differs(verdict, question, answer): how an answer differs from the verdict's.
    stated(verdict, probability): what such a verdict states of what its votes alone make.
    counts: how votes become a verdict, in one sentence.
    recounts_max: how many recounts a search may take; fewer where one takes long.
    """

    made: Callable[[VerdictReached, Q, Sequence[Vote]], Made | None]
    others: Callable[[VerdictReached, Q, Sequence[Vote]], Sequence[Answer]]
    counts: str
    believed: Callable[[float], str] = right_of_the_time
    same: Callable[[VerdictReached, Q, Answer], bool] = same_answer
    differs: Callable[[VerdictReached, Q, Answer], str] = lambda _, asked, answer: asked.in_words(
        answer
    )
    stated: Callable[[VerdictReached, float], float] = lambda _, probability: probability
    recounts_max: int = 2_000


def given_by_others(
    verdict: VerdictReached, question: Question, votes: Sequence[Vote]
) -> Sequence[Answer]:
    """Return the other answers that people gave, those of more weight first."""
    weights: list[tuple[float, Answer]] = []
    for vote in votes:
        answer = question.canonical(vote.answer)
        at = next((n for n, (_, one) in enumerate(weights) if one == answer), None)
        if at is None:
            weights.append((vote.weight or 0.0, answer))
        else:
            weights[at] = (weights[at][0] + (vote.weight or 0.0), answer)
    ranked = sorted(weights, key=lambda pair: -pair[0])
    return [answer for _, answer in ranked if answer != verdict.answer]
