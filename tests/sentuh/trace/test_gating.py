"""Why the gate asked people, in words: the confidence, and the clause with its values."""

import pytest

from sentuh.trace.gating import in_words, redacted
from shared.contracts.events.fired_clause import FiredClause
from shared.contracts.events.parts import Confidence, Gate
from shared.contracts.events.promised import Promised
from shared.contracts.events.redacted import Redacted

SURE = Confidence(status="ok", value=0.97)
CONDITION = FiredClause(rule="review_if[0]", text="margin < 0.2", values={"margin": 0.0400001})


def a_gate(reason: str, clause: FiredClause | None) -> Gate:
    stated = {"reason": reason, "threshold": 0.85, "audit_share": 0.05}
    return Gate.model_validate(stated).model_copy(update={"clause": clause})


@pytest.mark.parametrize(
    ("reason", "clause", "words"),
    [
        (
            "review_if",
            CONDITION,
            "the model is 97 % sure, which would do; review_if[0] fired: margin < 0.2"
            " (margin is 0.04)",
        ),
        (
            "always_review",
            FiredClause(rule="always_review.words", text="refund"),
            "the model is 97 % sure, which would do; always_review.words fired: refund",
        ),
        (
            "review_if",
            FiredClause(
                rule="review_if[1]",
                text="duration_seconds > 9.0",
                problem="the output has no duration_seconds",
            ),
            "the model is 97 % sure, which would do; review_if[1] cannot be computed:"
            " duration_seconds > 9.0 (the output has no duration_seconds)",
        ),
        (
            "below_threshold",
            CONDITION.model_copy(update={"values": {"refused": True, "language": "id"}}),
            "the model is 97 % sure, below the gate's 85 %; review_if[0] fired: margin < 0.2"
            " (refused is true, language is “id”)",
        ),
        ("confident", None, "the model is 97 % sure"),
    ],
)
def test_the_clause_is_told_with_its_values(
    reason: str, clause: FiredClause | None, words: str
) -> None:
    assert in_words(a_gate(reason, clause), SURE) == words


def test_a_doubt_is_told_beside_the_clause() -> None:
    doubted = Confidence(status="absent", reason="unfinished", detail="finish_reason is length")
    clause = FiredClause(rule="review_if[0]", text="truncated", values={"truncated": True})
    told = in_words(a_gate("absent", clause), doubted)
    assert told == (
        "the answer did not end by itself (finish_reason is length); review_if[0] fired: truncated"
        " (truncated is true)"
    )


def test_what_was_redacted_is_told_by_kind_and_count() -> None:
    counts = [Redacted(kind="email", count=2), Redacted(kind="phone", count=1)]
    assert redacted(counts) == "; redacted before: 2 email, 1 phone"
    assert redacted([]) == ""


@pytest.mark.parametrize(
    ("mode", "waives", "revision", "threshold", "words"),
    [
        ("on", False, 0, 1.0, "of its promise nothing is proved yet, so people see everything"),
        (
            *("on", False, 131, 1.0),
            "its promise is proved for no threshold, so people see everything"
            " (revision 131, term 2)",
        ),
        (
            *("on", True, 131, 0.9),
            "people's verdicts have proved that threshold (revision 131, term 2)",
        ),
        ("shadow", True, 131, 0.9, "the promise, in shadow, would let its own answer stand"),
        ("shadow", False, 131, 0.9, "the promise, in shadow, would ask people, too"),
        (
            *("shadow", False, 0, 0.9),
            "the promise, in shadow, would ask people: it knows nothing yet",
        ),
    ],
)
def test_what_the_promise_did_is_told(
    mode: str, *, waives: bool, revision: int, threshold: float, words: str
) -> None:
    stated = {"mode": mode, "gate": "g", "promise": "p", "revision": revision, "term": 2, "band": 9}
    promise = Promised.model_validate(stated | {"waives": waives})
    update = {"promised": promise, "threshold": threshold}
    gate = a_gate("confident", None).model_copy(update=update)

    assert in_words(gate, SURE) == f"the model is 97 % sure; {words}"
