"""Finds the text that all answers together make: a weighted medoid, then votes slot by slot.

The medoid is the answer with the least weighted distance to all others; it is the first pivot, as
in Li, Fukumoto and Kageura, "Wisdom of a crowd of transcribers" and in CrowdSpeech (Pavlichenko and
others, 2021). All answers are aligned to the pivot, and each slot takes the candidate with the most
votes. The text that comes out is the next pivot until nothing changes, at most ROUNDS_MAX times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.qa.agreement.transcript.aligning import GAP, Keys, distance
from services.qa.agreement.transcript.slots import Slot, slots_along
from services.qa.agreement.transcript.voters import ERROR_MAX, Voter, power

ROUNDS_MAX = 4
# People leave out words more often than they put in some that nobody said.
GAP_MILLI = 700


@dataclass(frozen=True, slots=True)
class SettledText:
    """The text that voters agree on, and all of them along it.

    slots: along the text, with the keys of the voters in their order. errors: for each voter the
    share of wrong words to expect in this text. powers: what each one's vote counted.
    """

    keys: Keys
    slots: Sequence[Slot]
    errors: Sequence[float]
    powers: Sequence[int]


def settled(voters: Sequence[Voter]) -> SettledText:
    """Return the text that voters agree on; each of them has words, and there is at least one."""
    texts = [voter.keys for voter in voters]
    powers = [voter.times * power(voter.error) for voter in voters]
    first = _medoid(texts, powers)
    state = _along(first, voters, texts)
    # What each usually has wrong counts here: by the medoid's measure its own writer never errs.
    first_powers = [
        voter.times * power(ERROR_MAX if error == ERROR_MAX else voter.error)
        for voter, error in zip(voters, state.errors, strict=True)
    ]
    keys = voted(state.slots, first_powers) or first
    state = _along(keys, voters, texts)
    for _ in range(ROUNDS_MAX):
        keys = voted(state.slots, state.powers) or first
        if keys == state.keys:
            break
        state = _along(keys, voters, texts)
    return state


def voted(slots: Sequence[Slot], powers: Sequence[int]) -> Keys:
    """Return the words that win their slots; a slot that a gap wins gives none."""
    winners = (winner(slot.own, votes(slot, powers)) for slot in slots)
    return tuple(key for key in winners if key != GAP)


def votes(slot: Slot, powers: Sequence[int]) -> dict[str, int]:
    """Return the votes for each candidate of a slot: a thousand for each of power's units."""
    counts: dict[str, int] = {}
    for key, weight in zip(slot.keys, powers, strict=True):
        counts[key] = counts.get(key, 0) + weight * (GAP_MILLI if key == GAP else 1000)
    return counts


def winner(own: str, counts: Mapping[str, int]) -> str:
    """Return the candidate with the most votes; of equals the pivot's own, then the last by key.

    Without votes it is a gap.
    """
    if not counts:
        return GAP
    return max(counts, key=lambda key: (counts[key], key == own, key))


def _medoid(texts: Sequence[Keys], powers: Sequence[int]) -> Keys:
    """Return the text with the least weighted distance to all; of equals the first by its words."""
    weights: dict[Keys, int] = {}
    for text, weight in zip(texts, powers, strict=True):
        weights[text] = weights.get(text, 0) + weight
    far = dict.fromkeys(weights, 0)
    distinct = sorted(weights)
    for at, text in enumerate(distinct):
        for other in distinct[:at]:
            apart = distance(text, other)
            far[text] += apart * weights[other]
            far[other] += apart * weights[text]
    return min(distinct, key=lambda text: (far[text], text))


def _along(keys: Keys, voters: Sequence[Voter], texts: Sequence[Keys]) -> SettledText:
    slots = slots_along(keys, texts)
    if len(voters) == 1:  # a text says nothing of its own errors
        errors = [voters[0].error]
    else:
        edits = [0] * len(voters)
        for slot in slots:
            for at, key in enumerate(slot.keys):
                edits[at] += key != slot.own
        errors = [v.error_here(n, len(keys)) for v, n in zip(voters, edits, strict=True)]
    powers = [v.times * power(error) for v, error in zip(voters, errors, strict=True)]
    return SettledText(keys, slots, errors, powers)
