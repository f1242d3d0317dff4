"""Computes what a verdict shows about its workers: 1 - word error to the text of the others."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from math import fsum
from typing import TypeVar

from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons
from services.qa.agreement.transcript.aligning import GAP, distance
from services.qa.agreement.transcript.confidence import evidence, shares
from services.qa.agreement.transcript.slots import Slot
from services.qa.agreement.transcript.tallying import DRAFT, TranscriptTally, keys_of
from services.qa.agreement.transcript.voting import SettledText, votes, winner
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion

T = TypeVar("T")
VOTERS_MIN = 2  # one answer has nobody to agree with


def lessons(tally: TranscriptTally, ballots: Iterable[Ballot[Transcript]]) -> Lessons:
    """Return for each worker the numbers to add to their counters.

    Each answer is compared with the text that the others' votes make, so that no worker appears
    right just because their own answer counted; of copies none counts for another, and a draft that
    was evidence counts for nobody. That text has errors of its own, for which nobody is to blame:
    the share of words in which they agree is divided by how sure the others are of them, and is 1
    at most. An answer without words agrees with nobody.
    Example: of three equal answers each agrees in 1000 thousandths with the two others.
    """
    agreed = _agreements(tally)
    return {
        ballot.worker_id: {ANSWERS: 1, AGREED_MILLI: agreed[ballot.assignment_id]}
        for ballot in sorted(ballots, key=lambda ballot: ballot.assignment_id)
        if ballot.assignment_id in agreed
    }


def nearness(answer: Transcript, other: Transcript, question: TranscriptQuestion) -> float:
    """Return 1 less the word error of a transcript to one that is taken to be right; 0 at least.

    Example: of four words one is wrong: 0.75.
    """
    words, right = keys_of(answer, question), keys_of(other, question)
    return max(0.0, 1 - distance(words, right) / max(1, len(right)))


def same(answer: Transcript, other: Transcript, question: TranscriptQuestion) -> bool:
    """Return whether two transcripts have the same words, whatever they list as unclear.

    Example: `It's late.` and `it is late` are the same by the rules for English.
    """
    return keys_of(answer, question) == keys_of(other, question)


def _agreements(tally: TranscriptTally) -> dict[str, int]:
    """Return by voter how far it agrees with the others' text, in thousandths of its words."""
    if tally.state is None or len(tally.voters) < VOTERS_MIN:
        return {}
    drafts = {at for at, voter in enumerate(tally.witnesses) if voter.name == DRAFT}
    by_text = {}
    if len(tally.witnesses) - len(drafts) >= VOTERS_MIN:
        by_text = {
            voter.keys: _agreement(tally.state, at, drafts)
            for at, voter in enumerate(tally.witnesses)
        }
    return {
        voter.name: by_text.get(voter.keys, 0)
        for voter in tally.voters
        if not voter.keys or voter.keys in by_text
    }


def _agreement(state: SettledText, at: int, drafts: AbstractSet[int]) -> int:
    left_out = drafts | {at}
    strengths = _without([evidence(error) for error in state.errors], left_out)
    powers = _without(state.powers, left_out)
    same = 0
    sure = []
    for slot in state.slots:
        mine, others = slot.keys[at], _without(slot.keys, left_out)
        rest = Slot(slot.own, others, _without(slot.at, left_out))
        theirs = winner(slot.own, votes(rest, powers))
        if mine != GAP or theirs != GAP:
            same += mine == theirs
            sure.append(shares(rest._replace(own=theirs), strengths)[theirs])
    return min(1000, round(1000 * same / max(fsum(sure), 1e-9))) if same else 0


def _without(of_each: Sequence[T], left_out: AbstractSet[int]) -> tuple[T, ...]:
    return tuple(one for at, one in enumerate(of_each) if at not in left_out)
