"""Verdicts on transcripts recomputed from their recorded votes and weights, independently of qa."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest

from sentuh.audit.recount.terms import Recount, counted
from sentuh.audit.recount.transcript.recounting import (
    NO_WORD,
    Heard,
    RecountedText,
    TextPlace,
    bounded,
    independent,
    recount,
)
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.transcript.detail import TranscriptDetail, WordConfidence
from shared.contracts.questions.transcript.question import TranscriptQuestion
from shared.contracts.questions.transcript.words import Word, parts_of, words_of

TOLERANCE = Decimal("0.0000015")
"""One and a half units of the last digit a verdict records."""
LONG_WORDS_MIN = 1000
"""How sure fewer words than these are fits every record, with all that they might be instead."""
_Written = Mapping[str, tuple[Word, ...]]


def _wrong(verdict: VerdictReached, question: TranscriptQuestion) -> Iterator[Violation]:
    votes = [vote for vote in counted(verdict) if question.problem_with(vote.answer) is None]
    unweighed = [vote.assignment_id for vote in votes if vote.weight is None]
    if unweighed:
        yield Violation(f"{verdict.task_id} {' '.join(unweighed)}", "counted without a weight")
        return
    voters, written = _voters(verdict, votes, question)
    if not any(written[vote.assignment_id] for vote in votes):
        if verdict.answer is not None:
            yield Violation(verdict.task_id, "a text without any valid vote")
        return
    yield from _differences(verdict, recount(voters), voters, written)


def text_of_votes(
    verdict: VerdictReached, votes: Sequence[Vote], question: TranscriptQuestion
) -> tuple[str, Decimal] | None:
    """Return the text that these votes make, and the share of words expected to be wrong.

    The verdict's draft counts with them where it was evidence. None where nobody wrote a word.
    """
    voters, written = _voters(verdict, votes, question)
    if not any(written[vote.assignment_id] for vote in votes):
        return None
    made = recount(voters)
    return _text(_forms(made, voters, written)), made.word_error


def _voters(
    verdict: VerdictReached, votes: Sequence[Vote], question: TranscriptQuestion
) -> tuple[list[Heard], _Written]:
    """Return all that count, the draft among them, and the words that each vote and it have."""
    written = {vote.assignment_id: _words(vote.answer, question) for vote in votes}
    voters = [_heard(vote, written) for vote in votes]
    draft = verdict.draft
    if draft is not None and draft.weight is not None:
        written[""] = _words(draft.answer, question)
        voters.append(_of("", draft.weight, written))
    return independent(voters), written


def _words(answer: Answer, question: TranscriptQuestion) -> tuple[Word, ...]:
    text = answer.get("text") if isinstance(answer, dict) else None
    return words_of(str(text or ""), question.language, question.rules)


def _heard(vote: Vote, written: _Written) -> Heard:
    heard = _of(vote.assignment_id, vote.weight or 0.0, written)
    return replace(heard, drafted=bool(vote.drafted))


def _of(name: str, weight: float, written: _Written) -> Heard:
    words = tuple(word.key for word in written[name])
    return Heard(name, words, bounded(1 - Decimal(repr(weight))))


def _differences(
    verdict: VerdictReached,
    made: RecountedText,
    voters: Sequence[Heard],
    words: _Written,
) -> Iterator[Violation]:
    places = [place for place in made.places if place.own != NO_WORD]
    forms = _forms(made, voters, words)
    text = _text(forms)
    if verdict.answer != {"text": text}:
        yield Violation(verdict.task_id, f"is another text than its votes make: “{text[:200]}”")
        return
    if abs(Decimal(repr(verdict.probability)) + made.word_error - 1) > TOLERANCE:
        yield Violation(verdict.task_id, "its probability is not 1 less its expected word error")
    detail = verdict.detail
    if detail is None and len(places) >= LONG_WORDS_MIN:
        return  # it is left out where it would not have fitted the record
    if not isinstance(detail, TranscriptDetail):
        yield Violation(verdict.task_id, "does not say how sure its words are")
        return
    if abs(Decimal(repr(detail.expected_word_error)) - made.word_error) > TOLERANCE:
        said = detail.expected_word_error
        fault = f"expects the word error {said}; its votes make {made.word_error:.6f}"
        yield Violation(verdict.task_id, fault)
    shares = [share for place, share in zip(made.places, made.shares, strict=True) if place.own]
    of_each = zip_longest(detail.words, forms, places, shares)
    for at, (word, form, place, share) in enumerate(of_each):
        if None in (word, form) or not _is_right(word, form[0], share[place.own], share):
            yield Violation(verdict.task_id, f"word {at} is not as sure as its votes make it")
            return


def _forms(made: RecountedText, voters: Sequence[Heard], words: _Written) -> list[tuple[str, str]]:
    """Return how each word of the text is written, and whether a blank stands before it."""
    written = [words[voter.name] for voter in voters]
    drafted = not voters[0].name
    places = [place for place in made.places if place.own != NO_WORD]
    return [_form(place, written, made.powers, drafted=drafted) for place in places]


def _text(forms: Sequence[tuple[str, str]]) -> str:
    return "".join(before + word for word, before in forms).strip()


def _is_right(
    word: WordConfidence, written: str, sure: Decimal, shares: Mapping[str, Decimal]
) -> bool:
    stated = [(word.confidence, sure)]
    stated += [(said, shares.get(key, Decimal(0))) for key, said in word.alternatives.items()]
    close = all(abs(Decimal(repr(said)) - share) <= TOLERANCE for said, share in stated)
    return close and word.word == written.strip()


def _form(
    place: TextPlace, written: Sequence[tuple[Word, ...]], powers: Sequence[int], *, drafted: bool
) -> tuple[str, str]:
    """Return how the word is written, and whether a blank stands before it.

    What opens it, the word and what closes it each come from most votes, of equals the last. The
    draft, which is the first where there is one, is asked last.
    """
    here = [voter for voter, word in enumerate(place.heard) if word == place.own]
    if drafted and len(here) > 1:
        here = [voter for voter in here if voter]
    if not here:
        return place.own, " "
    votes: list[dict[str, int]] = [defaultdict(int) for _ in range(3)]
    for voter in here:
        word = written[voter][place.at[voter] or 0]
        for part, counts in zip(parts_of(word), votes, strict=True):
            counts[part] += powers[voter]
    whole = "".join(max((n, part) for part, n in counts.items())[1] for counts in votes)
    return whole.removeprefix(" "), " " if whole.startswith(" ") else ""


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    # Of a text too long for its detail the probability says the same.
    expected = getattr(verdict.detail, "expected_word_error", round(1 - verdict.probability, 6))
    if expected > policy.goal:
        yield Violation(verdict.task_id, f"sure at a word error of {expected}, above {policy.goal}")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell how answers are compared."""


RECOUNT = Recount[TranscriptQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on a transcript."""
