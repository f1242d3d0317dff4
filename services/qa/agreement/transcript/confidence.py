"""Computes how sure each word is, and how many words of a text are expected to be wrong.

A voter with the share e of wrong words says a word w that is right with the likelihood 1 - e, and
one that is wrong with e times the chance of erring to just this word. So each adds
log((1 - e) / e) + ERRS_ELSEWHERE for its own word, multiplied by DAMPING, since people mishear the
same words. Beside what was said stands that nobody wrote what was said, with the evidence NOBODY.
The three numbers were chosen on CrowdSpeech (dev-clean and dev-other) by the likelihood of the
right words, and give the expected word error to within a tenth on test-clean.
"""

from collections.abc import Mapping, Sequence
from math import exp, fsum, log

from services.qa.agreement.transcript.aligning import GAP
from services.qa.agreement.transcript.slots import Slot
from services.qa.agreement.transcript.voting import GAP_MILLI, SettledText

DAMPING = 0.4
ERRS_ELSEWHERE = 0.75
NOBODY = -0.5
INSERTED_SHARE = (
    0.5  # of doubts about words that some put in: half of them are the same words twice
)
DIGITS = 6


def evidence(error: float) -> float:
    """Return the evidence of one voter for the word they wrote; never below 0.

    Below 0 one more voice for a word would make it less probable.
    """
    return max(0.0, DAMPING * (log((1 - error) / error) + ERRS_ELSEWHERE))


def shares(slot: Slot, strengths: Sequence[float]) -> Mapping[str, float]:
    """Return the probability of each candidate of a slot, unrounded.

    They do not add up to 1: the rest is that nobody wrote what was said. Who has no evidence to
    give has no candidate. No word is certain where nobody else has one.
    """
    parts: dict[str, list[float]] = {slot.own: []}
    for key, strength in zip(slot.keys, strengths, strict=True):
        if strength:
            part = strength * GAP_MILLI / 1000 if key == GAP else strength
            parts.setdefault(key, []).append(part)
    if parts.keys() == {GAP}:
        return {GAP: 1.0}
    sums = {key: fsum(terms) for key, terms in parts.items()}
    top = max(NOBODY, *sums.values())
    odds = {key: exp(total - top) for key, total in sums.items()}
    whole = fsum([exp(NOBODY - top), *odds.values()])
    return {key: part / whole for key, part in odds.items()}


def expected_word_error(state: SettledText, each: Sequence[Mapping[str, float]]) -> float:
    """Return the share of words expected to be wrong, 0..1: the text's own and those left out.

    `each` are the probabilities in each slot. Example: 10 words, one of them sure by 0.5 and the
    others certain, give 0.05.
    """
    doubts = [
        (1 - probability[slot.own]) * (INSERTED_SHARE if slot.own == GAP else 1)
        for slot, probability in zip(state.slots, each, strict=True)
    ]
    return round(min(1.0, fsum(doubts) / len(state.keys)), DIGITS)
