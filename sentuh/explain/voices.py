"""Says of each who had a say how much they were believed and why, and what their say did."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sentuh.explain.believing import rated_before, why
from sentuh.explain.changing import CountedAgain
from sentuh.explain.explanation import Voice
from sentuh.explain.terms import Made
from sentuh.history.collect import History
from sentuh.trace.own_answer import why_so_much
from sentuh.trace.sureness import share
from sentuh.trace.telling import quoted
from shared.contracts.events.verdicts import VerdictReached, Vote, Witness

LATE = "late: kept and paid, not counted"
SURPLUS = "more answers than were wanted: paid, not counted"
UNFIT = "no answer to the question: paid, not counted"
_BEGAN = {True: "began from the draft", False: "without the draft", None: ""}


@dataclass(frozen=True, slots=True)
class Voices:
    """Makes voices of one verdict's votes; `recount` is None where nothing can be recounted."""

    verdict: VerdictReached
    history: History
    recount: CountedAgain | None
    made: Made | None

    def all(self) -> Iterator[Voice]:
        """Yield a voice for each vote, the counted ones first, then one for the model itself."""
        ranked = sorted(
            self.verdict.votes,
            key=lambda vote: (vote.standing != "counted", vote.late, -(vote.weight or 0.0)),
        )
        for vote in ranked:
            yield self._counted(vote) if vote.standing == "counted" else self._surplus(vote)
        if self.verdict.draft is not None:
            yield self._draft()
        if self.verdict.witness is not None:
            yield self._witness(self.verdict.witness)

    def _counted(self, vote: Vote) -> Voice:
        without = self._without(vote)
        began = _BEGAN[vote.drafted]
        because = why(vote.worker_id, self.verdict, self.history)
        voice = self._person(vote, f"{because}; {began}" if began else because)
        rated = rated_before(vote.worker_id, self.verdict, self.history)
        return replace(voice, rated=rated, without=without, did=self._did(without))

    def _surplus(self, vote: Vote) -> Voice:
        fits = self.recount is None or vote.digest or self._fits(vote)
        return self._person(vote, LATE if vote.late else SURPLUS if fits else UNFIT)

    def _fits(self, vote: Vote) -> bool:
        return self.recount is None or self.recount.question.problem_with(vote.answer) is None

    def _person(self, vote: Vote, because: str) -> Voice:
        return Voice(
            by="person",
            who=vote.worker_id,
            assignment_id=vote.assignment_id,
            answer=vote.answer,
            told="something long" if vote.digest else quoted(vote.answer, self.history),
            standing=vote.standing,
            weight=vote.weight,
            believed=self._believed(vote.weight),
            why=because,
        )

    def _believed(self, weight: float | None) -> str:
        if weight is None:
            return ""
        return self.recount.explaining.believed(weight) if self.recount else f"{weight:.2f}"

    def _draft(self) -> Voice:
        """Return the voice of the model's draft: evidence only where nobody counted had seen it."""
        draft = self.verdict.draft
        weight = None if draft is None else draft.weight
        answer = None if draft is None else draft.answer
        without = None
        if weight is not None and self.recount is not None:
            alone = self.verdict.model_copy(update={"draft": None})
            without = replace(self.recount, verdict=alone).made(self.recount.votes)
        seen = "people had begun from it: no evidence of its own"
        return Voice(
            by="draft",
            who="the model's draft",
            assignment_id=None,
            answer=answer,
            told="" if answer is None else quoted(answer, self.history),
            standing="surplus" if weight is None else "counted",
            weight=weight,
            believed=self._believed(weight),
            why=seen if weight is None else "nobody counted had seen it; by what drafts were worth",
            without=without,
            did="" if weight is None else self._did(without),
        )

    def _witness(self, witness: Witness) -> Voice:
        """Return the voice of the model as a witness, which no person saw."""
        without = None
        if witness.weight is not None and self.recount is not None:
            alone = self.verdict.model_copy(update={"witness": None})
            without = replace(self.recount, verdict=alone).made(self.recount.votes)
        return Voice(
            by="witness",
            who="the model itself",
            assignment_id=None,
            answer=witness.answer,
            told=quoted(witness.answer, self.history),
            standing="surplus" if witness.weight is None else "counted",
            weight=witness.weight,
            believed=self._believed(witness.weight),
            why=why_so_much(witness),
            without=without,
            did="" if witness.weight is None else self._did(without),
        )

    def _without(self, vote: Vote) -> Made | None:
        if self.recount is None:
            return None
        return self.recount.made(one for one in self.recount.votes if one is not vote)

    def _did(self, without: Made | None) -> str:
        """Return in words what a voice did: what there would be without it.

        Example: "raised it from 91 % to 97 %".
        """
        if self.recount is None or self.made is None:
            return ""
        if without is None:
            return "alone: without it there is no answer"
        if self.recount.flips(without):
            return f"turned it: without it {self.recount.differs(without)}"
        changed = self._changed(without)
        return changed or self._moved(without, self.made)

    def _moved(self, without: Made, made: Made) -> str:
        before, now = (self._stated(one) for one in (without, made))
        if share(now) == share(before):
            return "moved it by next to nothing"
        return f"{'raised' if now > before else 'lowered'} it from {share(before)} to {share(now)}"

    def _stated(self, made: Made) -> float:
        """Return how probable a verdict on these votes would call the verdict's own answer."""
        raw = made.probability if made.stays is None else made.stays
        return raw if self.recount is None else self.recount.explaining.stated(self.verdict, raw)

    def _changed(self, without: Made) -> str:
        """Return how an answer differs that is another one, and still taken for the same."""
        recount = self.recount
        if recount is None or without.answer == self.verdict.answer:
            return ""
        return f"without it {recount.differs(without)}"
