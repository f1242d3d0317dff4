"""Decides what of a task one worker is shown: candidates in an order of their own, a draft or none.

Both follow from the assignment's id and never change: position cannot carry a verdict, and a
decision that is taken again makes the same offer. What is decided here is recorded, and nobody
computes it a second time.
"""

from hashlib import sha256

from services.router.state import Rules
from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Output, ShownOutput
from shared.contracts.question import Answer, Question, kept
from shared.contracts.questions import KINDS

_RANGE = 2**64


def begins_from_draft(rules: Rules, asked: Asked | None, assignment_id: str) -> bool | None:
    """Return whether this seat's worker begins from the model's draft; None where there is none.

    The policy's `draft_blind_share` of the seats are blind, by a hash of the assignment's id;
    without a share all are. Example: with a share of 0.2, of 1,000 seats about 200 are blind.
    """
    if asked is None or asked.draft is None or not KINDS[rules.asks.kind].drafts:
        return None
    share = rules.draft_blind_share
    return share is not None and _number("draft", assignment_id) >= share * _RANGE


def asked_shown(asked: Asked | None, assignment_id: str, *, drafted: bool | None) -> Asked | None:
    """Return what the offer says of what is asked about; None where there is nothing to say.

    The candidates stand in an order made from the assignment's id. The draft is there if the worker
    begins from it. Whom the task is not for is no worker's business.
    """
    if asked is None:
        return None
    candidates = sorted(asked.candidates, key=lambda one: _number(one.id, assignment_id))
    draft = asked.draft if drafted else None
    if not candidates and asked.text is None and draft is None:
        return None
    return Asked.made({"candidates": tuple(candidates), "text": asked.text, "draft": draft})


def output_shown(
    output: Output, rules: Rules, asked: Asked | None, *, drafted: bool | None
) -> ShownOutput:
    """Return what the offer shows of the model's output; nowhere else is that decided.

    Everybody sees what the model was given. Its text is what people judge or mend; of a kind that
    knows drafts it is the model's answer in other words, so only who begins from the draft sees it,
    and nobody where the model made no draft that fits. Its answer is there where people are asked
    about it, and nowhere else. Which model it was, its labels, its scores and how sure it was are
    in no offer: these would lead people. Candidates stand beside, in the worker's own order.
    """
    shown = {name: getattr(output, name) for name in _GIVEN_TO_THE_MODEL}
    if drafted or not KINDS[rules.asks.kind].drafts:
        shown["text"] = output.text
    if asked is not None and asked.judges_answer:
        shown["answer"] = output.answer
    return ShownOutput.made(shown)


_GIVEN_TO_THE_MODEL = ("media", "language", "request")


def digest_of_answer(asks: Question, answer: Answer) -> str:
    """Return a digest of what an answer means, the same for all ways to write it.

    A draft may be no whole answer yet: then it is digested as it is written. It is not to be shown:
    whoever is blind could hash guesses of the draft. Offers state it under a key (`tokens.keyed`).
    """
    meant = answer if asks.problem_with(answer) else asks.canonical(answer)
    return sha256(kept(meant).encode()).hexdigest()


def _number(about: str, assignment_id: str) -> int:
    """Return a number below 2**64 that follows from both texts, evenly spread (SHA-256)."""
    hashed = sha256(f"{about}\x1f{assignment_id}".encode()).digest()
    return int.from_bytes(hashed[:8])
