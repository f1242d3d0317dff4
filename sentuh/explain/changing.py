"""Finds what would have changed a verdict: votes left out, votes cast otherwise, further answers.

Each is tried by the recount, so what is named really changes it. Whether fewer votes would do is
tried too, as long as that takes no more recounts than its kind allows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Literal

from sentuh.explain.explanation import OtherVerdict
from sentuh.explain.terms import Explaining, Made
from sentuh.trace.telling import answers
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer, Question

LAST = "\U0010ffff"
"""Further answers come after all that are there: of equal options theirs is not the first."""
FURTHER_MAX = 10


@dataclass(frozen=True, slots=True)
class CountedAgain:
    """A verdict whose votes can be changed and counted again."""

    verdict: VerdictReached
    question: Question
    votes: tuple[Vote, ...]
    explaining: Explaining[Question]

    def made(self, votes: Iterable[Vote]) -> Made | None:
        """Return what these votes make, in whatever order they come."""
        ordered = sorted(votes, key=lambda vote: vote.assignment_id)
        return self.explaining.made(self.verdict, self.question, ordered)

    def flips(self, made: Made | None) -> bool:
        """Return whether that is another verdict; no answer at all is none."""
        return made is not None and not self.explaining.same(
            self.verdict, self.question, made.answer
        )

    def differs(self, made: Made) -> str:
        """Return in words what would have come out: `“dog”, 61 % sure`."""
        differs = self.explaining.differs(self.verdict, self.question, made.answer)
        return f"{differs}, {made.sure}"


def changes(recount: CountedAgain, unspent: int) -> tuple[OtherVerdict, ...]:
    """Return what would have changed a verdict; `unspent` more answers might have been asked for.

    Of each way there is one, the one with the fewest votes that was found.
    """
    if not recount.votes:
        return ()
    others = recount.explaining.others(recount.verdict, recount.question, recount.votes)
    ways = [_left_out(recount), _otherwise(recount, others), _further(recount, others, unspent)]
    return tuple(way for way in ways if way is not None)


def _left_out(recount: CountedAgain) -> OtherVerdict | None:
    def without(chosen: Sequence[Vote]) -> Made | None:
        return recount.made(vote for vote in recount.votes if vote not in chosen)

    found = _fewest(recount, recount.votes, without)
    if found is None:
        return None
    told = f"Without {_named(found.votes)} it would be {recount.differs(found.made)}."
    return found.change("left_out", None, told)


def _otherwise(recount: CountedAgain, others: Sequence[Answer]) -> OtherVerdict | None:
    found = [change for answer in others if (change := _had_they_said(recount, answer))]
    return min(found, key=lambda change: change.number, default=None)


def _had_they_said(recount: CountedAgain, answer: Answer) -> OtherVerdict | None:
    asked = recount.question
    free = [vote for vote in recount.votes if asked.canonical(vote.answer) != answer]

    def instead(chosen: Sequence[Vote]) -> Made | None:
        return recount.made(
            vote.model_copy(update={"answer": answer}) if vote in chosen else vote
            for vote in recount.votes
        )

    found = _fewest(recount, free, instead)
    if found is None:
        return None
    said = recount.explaining.differs(recount.verdict, asked, answer)
    told = f"Had {_named(found.votes)} said {said}, it would be {recount.differs(found.made)}."
    return found.change("otherwise", answer, told)


def _further(recount: CountedAgain, others: Sequence[Answer], unspent: int) -> OtherVerdict | None:
    """Return how many further answers would have changed it, or that all that were left would not.

    They are believed like the one here who is believed most.
    """
    best = max(recount.votes, key=lambda vote: vote.weight or 0.0)
    last: OtherVerdict | None = None
    for number in range(1, min(unspent, FURTHER_MAX) + 1):
        for answer in others:
            more = [_one_more(best, answer, at) for at in range(number)]
            made = recount.made([*recount.votes, *more])
            if made is None:
                continue
            change = _of_further(recount, answer, number=number, made=made, best=best)
            if change.flips:
                return change
            if last is None or (number, -_stays(made)) > (last.number, -_stays(last.makes)):
                last = change
    return last


def _one_more(best: Vote, answer: Answer, at: int) -> Vote:
    """Return a further vote, believed like the best one here; nobody else's name."""
    changed = {"assignment_id": f"{LAST}{at}", "worker_id": f"{LAST}{at}", "answer": answer}
    return best.model_copy(update={**changed, "drafted": None, "agrees": None})


def _of_further(
    recount: CountedAgain, answer: Answer, *, number: int, made: Made, best: Vote
) -> OtherVerdict:
    said = recount.explaining.differs(recount.verdict, recount.question, answer)
    flips = recount.flips(made)
    if flips:
        so = f"it would have become {recount.differs(made)}"
    else:
        so = f"it would have stood, {made.sure}"
    told = (
        f"Had {answers(number).replace('answer', 'more answer')} said {said}, believed like"
        f" {best.worker_id}, {so}."
    )
    return OtherVerdict("further", (), answer, number, made, flips=flips, fewest=True, told=told)


def _stays(made: Made | None) -> float:
    return 1.0 if made is None or made.stays is None else made.stays


@dataclass(frozen=True, slots=True)
class _Found:
    """Votes that change a verdict, what comes of it, and whether fewer surely do not suffice."""

    votes: Sequence[Vote]
    made: Made
    fewest: bool

    def change(
        self, how: Literal["left_out", "otherwise"], answer: Answer, words: str
    ) -> OtherVerdict:
        """Return it as a change of this sort, told in these words."""
        ids = tuple(vote.assignment_id for vote in self.votes)
        number, made, fewest = len(self.votes), self.made, self.fewest
        return OtherVerdict(how, ids, answer, number, made, flips=True, fewest=fewest, told=words)


def _fewest(
    recount: CountedAgain, free: Sequence[Vote], after: Callable[[Sequence[Vote]], Made | None]
) -> _Found | None:
    """Return the fewest votes of which `after` makes another verdict; None where none are enough.

    The votes of most effect are taken one after the other until it changes; then every smaller
    number of votes is tried, if there are not too many ways to choose them.
    """

    def tried(chosen: Sequence[Vote]) -> _Found | None:
        made = after(chosen)
        return _Found(chosen, made, fewest=True) if made and recount.flips(made) else None

    ranked = _by_effect(free, after)
    numbers = range(1, len(ranked) + 1)
    taken = next((one for number in numbers if (one := tried(ranked[:number]))), None)
    if taken is None:
        return None
    left = recount.explaining.recounts_max
    for number in range(1, len(taken.votes)):
        left -= comb(len(ranked), number)
        if left < 0:
            return replace(taken, fewest=False)
        found = next((one for some in combinations(ranked, number) if (one := tried(some))), None)
        if found is not None:
            return found
    return taken


def _by_effect(
    free: Sequence[Vote], after: Callable[[Sequence[Vote]], Made | None]
) -> Sequence[Vote]:
    """Return votes in the order of what each does alone, the one of most effect first."""

    def left(vote: Vote) -> tuple[float, float, str]:
        made = after([vote])
        sure = 0.0 if made is None else made.probability if made.stays is None else made.stays
        return sure, -(vote.weight or 0.0), vote.assignment_id

    return sorted(free, key=left)


def _named(votes: Sequence[Vote]) -> str:
    names = [vote.worker_id for vote in votes]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
