"""Combines the counted answers to a transcript into one text, and says how sure each word is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.qa.agreement.terms import Ballot, Draft
from services.qa.agreement.transcript.aligning import GAP, Keys
from services.qa.agreement.transcript.confidence import (
    DIGITS,
    evidence,
    expected_word_error,
    shares,
)
from services.qa.agreement.transcript.slots import Slot
from services.qa.agreement.transcript.voters import Voter, witnesses
from services.qa.agreement.transcript.voting import SettledText, settled
from shared.contracts.questions.transcript.detail import TranscriptDetail, WordConfidence
from shared.contracts.questions.transcript.question import Transcript, TranscriptQuestion
from shared.contracts.questions.transcript.words import Word, parts_of, text_from, words_of

ALTERNATIVE_MIN = 0.05
ALTERNATIVES_MAX = 3
DRAFT = ""
"""The name of the draft among the voters: no assignment's id is empty."""


@dataclass(frozen=True, slots=True)
class TranscriptTally:
    """The text that the counted answers make.

    answer: None where no answer has words. probability: the expected share of words that are right.
    detail: how sure each word is, and the expected share of wrong ones. voters: all answers, copies
    and those without words among them; witnesses: those that counted; state: these along the text.
    Example: two equal answers give their text, and one word that only one of them has is doubtful.
    """

    answer: Transcript | None
    probability: float
    detail: TranscriptDetail | None
    voters: Sequence[Voter] = ()
    witnesses: Sequence[Voter] = ()
    state: SettledText | None = None
    distribution: Mapping[str, float] = field(default_factory=dict)


def tally(
    ballots: Iterable[Ballot[Transcript]],
    question: TranscriptQuestion,
    weights: Mapping[str, float],
    draft: Draft[Transcript] | None = None,
) -> TranscriptTally:
    """Return the text that these answers make, and the model's draft beside them as one more.

    `weights` is the share of words that each worker usually has right, by assignment id. The order
    of ballots makes no difference, not even in the last bit. A draft alone makes no text.
    Example: of `I see it`, `i see it.` and `I see` the first or second comes out.
    """
    people = [
        replace(
            _voter(ballot.assignment_id, ballot.answer, question, weights[ballot.assignment_id]),
            drafted=ballot.drafted,
        )
        for ballot in ballots
        if ballot.assignment_id in weights
    ]
    if not any(voter.words for voter in people):
        return TranscriptTally(None, 0.0, None, people)
    voters = [] if draft is None else [_voter(DRAFT, draft.answer, question, draft.weight)]
    voters += sorted(people, key=lambda voter: voter.name)
    counted = witnesses(voters)
    state = settled(counted)
    strengths = [evidence(error) for error in state.errors]
    each = [shares(slot, strengths) for slot in state.slots]
    error = expected_word_error(state, each)
    words = [_written(slot, counted, state.powers) for slot in state.slots]
    text = text_from(word for word in words if word is not None)
    detail = TranscriptDetail(
        words=tuple(
            _confidence(slot, word, share)
            for slot, word, share in zip(state.slots, words, each, strict=True)
            if word is not None
        ),
        expected_word_error=error,
    )
    return TranscriptTally({"text": text}, round(1 - error, DIGITS), detail, voters, counted, state)


def _voter(name: str, answer: Transcript, question: TranscriptQuestion, right: float) -> Voter:
    text = answer["text"]
    words = words_of(text if isinstance(text, str) else "", question.language, question.rules)
    return Voter(name, words, right)


def keys_of(answer: Transcript, question: TranscriptQuestion) -> Keys:
    """Return the words of a transcript as they are compared."""
    return _voter("", answer, question, 0.0).keys


def _written(slot: Slot, voters: Sequence[Voter], powers: Sequence[int]) -> Word | None:
    """Return the slot's word as most of those write it who have it; None for a gap.

    Case and punctuation are voted on as words are, each by itself: by those who are believed. How
    the draft writes a word counts only where nobody else has it: many models know no capitals.
    """
    if slot.own == GAP:
        return None
    writers = [at for at, key in enumerate(slot.keys) if key == slot.own]
    people = [at for at in writers if voters[at].name] or writers
    if not people:
        return Word(slot.own, slot.own, " ")
    votes: tuple[dict[str, int], ...] = ({}, {}, {})
    for at in people:
        for counts, part in zip(votes, parts_of(voters[at].words[slot.at[at]]), strict=True):
            counts[part] = counts.get(part, 0) + powers[at]
    before, written, after = (
        max(counts, key=lambda part: (counts[part], part)) for counts in votes
    )
    opening = before.removeprefix(" ")
    return Word(slot.own, opening + written + after, before[: len(before) - len(opening)])


def _confidence(slot: Slot, word: Word, share: Mapping[str, float]) -> WordConfidence:
    others = sorted(((-p, key) for key, p in share.items() if key != slot.own))
    alternatives = {
        key: round(-p, DIGITS) for p, key in others[:ALTERNATIVES_MAX] if -p >= ALTERNATIVE_MIN
    }
    return WordConfidence(
        word=word.written.strip(),
        confidence=round(share[slot.own], DIGITS),
        alternatives=alternatives,
    )
