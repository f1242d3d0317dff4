"""Who needs people: the unsure, the silent, and the same share of the sure each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.catalog import GateRule, TaskType
from services.intake.catalog.rows import row_type
from services.intake.gate import (
    check_shown,
    gate,
    gated,
    is_waived,
    judges_answer,
    standing_answer,
)
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.options import Option
from shared.contracts.question import Answer

RULE = GateRule(threshold=0.8, audit_share=0.05)
OK = Confidence(status="ok", value=0.9)


def a_task_type(
    *, shows: tuple[str, ...] = (), waived_answer: str | None = None, **gate: object
) -> TaskType:
    row = {
        "pool": "main",
        "question": "Which?",
        "options": (Option(label="yes", aliases=("LABEL_1",)), Option(label="no")),
        "shows": shows,
        "gate": {"threshold": 0.8, "audit_share": 0.0, "waived_answer": waived_answer, **gate},
        "answers": {"min": 1, "max": 3},
        "stopping": {"confidence": 0.9},
        "times": {"accept_seconds": 1, "answer_seconds": 1, "task_seconds": 9},
        "rate_card": "glance",
    }
    return row_type(row).model_validate(row)


@pytest.mark.parametrize(
    ("confidence", "reason"),
    [
        (Confidence(status="ok", value=0.0), "below_threshold"),
        (Confidence(status="ok", value=0.7999), "below_threshold"),
        (Confidence(status="absent"), "absent"),
        (Confidence(status="sentinel", source_path="$.x"), "sentinel"),
        (Confidence(status="sentinel", value=1.0), "sentinel"),
        (Confidence(status="ok"), "absent"),
        (Confidence(status="ok", value=0.8), "confident"),
        (Confidence(status="ok", value=1.0), "confident"),
    ],
)
def test_reason_follows_from_confidence(confidence: Confidence, reason: str) -> None:
    rule = GateRule(threshold=0.8, audit_share=0)
    decided = gate(confidence, rule, task_type="digits", output_id="o-1")
    assert decided.reason == reason
    assert is_waived(decided) == (reason == "confident")


@pytest.mark.parametrize(
    ("sure", "reason", "together"),
    [
        (0.5, "below_threshold", "below_threshold"),
        (0.9, "confident", "review_if"),
        (None, "absent", "absent"),
    ],
)
def test_a_clause_sends_to_people_what_would_be_waived_and_is_told_of_all(
    sure: float | None, reason: str, together: str
) -> None:
    confidence = Confidence(status="absent" if sure is None else "ok", value=sure)
    output = Output(format="f", text="a refund", answer="yes", confidence=confidence)
    row, plain = a_task_type(review_if=("text.contains('refund')",)), a_task_type()

    decided = gated(output, row, task_type="t", output_id="o-1")

    assert gated(output, plain, task_type="t", output_id="o-1").reason == reason
    assert decided.reason == together
    assert not is_waived(decided)
    assert decided.clause is not None
    assert decided.clause.values == {"text": "a refund"}


def test_lists_come_before_conditions() -> None:
    output = Output(format="f", text="a refund", answer="yes", confidence=OK, model="m")
    row = a_task_type(review_if=("refused", "text != ''"), always_review={"models": ("m",)})
    decided = gated(output, row, task_type="t", output_id="o-1")
    assert decided.reason == "always_review"
    assert decided.clause is not None
    assert decided.clause.text == "m"


def test_audited_share_is_as_stated() -> None:
    reasons = [
        gate(OK, RULE, task_type="digits", output_id=f"o-{number}").reason
        for number in range(20_000)
    ]
    audited = reasons.count("audit")
    assert set(reasons) == {"audit", "confident"}
    assert abs(audited - 1_000) < 4 * (20_000 * 0.05 * 0.95) ** 0.5


def test_task_types_audit_different_outputs() -> None:
    def audited(task_type: str) -> set[int]:
        ids = range(2_000)
        return {
            n
            for n in ids
            if gate(OK, RULE, task_type=task_type, output_id=f"{n}").reason == "audit"
        }

    assert audited("digits") != audited("sentiment")


@given(st.text(), st.floats(0, 1))
def test_same_output_never_flips(output_id: str, share: float) -> None:
    rule = GateRule(threshold=0.8, audit_share=share)
    first, second = (gate(OK, rule, task_type="t", output_id=output_id) for _ in range(2))
    assert first == second
    larger = GateRule(threshold=0.8, audit_share=1)
    assert gate(OK, larger, task_type="t", output_id=output_id).reason == "audit"


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        (Output(format="f", answer="yes", confidence=OK), "yes"),
        (Output(format="f", answer="LABEL_1", confidence=OK), "yes"),
        (Output(format="f", text=" no\n", confidence=OK), "no"),
        (Output(format="f", text="It is Paris.", confidence=OK), "no"),
        (Output(format="f", answer="maybe", text="yes", confidence=OK), "no"),
    ],
)
def test_what_stands_is_the_option_meant_or_the_one_for_all_others(
    output: Output, answer: str
) -> None:
    assert standing_answer(output, a_task_type(waived_answer="no")) == answer


def test_answer_that_is_no_option_cannot_stand() -> None:
    with pytest.raises(Refused) as caught:
        standing_answer(Output(format="f", answer="maybe", confidence=OK), a_task_type())
    assert caught.value.reason is Reason.BAD_OUTPUT


@pytest.mark.parametrize(
    ("answer", "waived", "judged"),
    [
        ("cat", "yes", True),
        (0, "yes", True),
        ("cat", None, None),  # it should have been an option
        (None, "yes", None),
        ("yes", "yes", None),
        ("LABEL_1", "yes", None),  # another name of an option
    ],
)
def test_people_are_asked_about_an_answer_that_is_none_to_the_question(
    answer: Answer, waived: str | None, judged: bool | None
) -> None:
    output = Output(format="f", answer=answer, confidence=OK)

    assert judges_answer(output, a_task_type(waived_answer=waived)) is judged


@pytest.mark.parametrize("need", ["text", "request", "media"])
def test_output_that_lacks_what_people_must_see_is_refused(need: str) -> None:
    full = Output(format="f", text="t", request="r", media=Media(ref="s3://b/c"), confidence=OK)
    check_shown(full, a_task_type(shows=(need,)))
    with pytest.raises(Refused) as caught:
        check_shown(full.model_copy(update={need: None}), a_task_type(shows=(need,)))
    assert caught.value.reason == Reason.MISSING
    assert need in caught.value.detail
