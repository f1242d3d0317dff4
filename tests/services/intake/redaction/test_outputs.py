"""What is left of an output: every text in it, its spans, and names that cannot be replaced."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.catalog import TaskType
from services.intake.catalog.rows import row_type
from services.intake.formats.candidates import of_texts
from services.intake.redaction.outputs import redacted
from services.intake.redaction.pieces import Redacting, kinds_in_name
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Candidate, Media
from shared.contracts.events.parts import Confidence, Output, OutputRef, Scored
from shared.contracts.events.redacted import Redacted, RedactedKind
from tests.services.intake.builders import JSON
from tests.services.intake.redaction.values import MAKE, values

REF = OutputRef(source="/models/m", id="o-1", correlation_id="c-1")
SURE = Confidence(status="ok", value=0.9)
PLAIN = Output(format="f", text="nothing", confidence=SURE)


def a_row(kinds: tuple[str, ...] = tuple(MAKE), /, **fields: object) -> TaskType:
    row = {
        "kind": "text",
        "pool": "main",
        "question": "Which?",
        "redact": kinds,
        "gate": {"threshold": 0.8, "audit_share": 0.0},
        "answers": {"min": 1, "max": 3},
        "stopping": {"confidence": 0.9},
        "times": {"accept_seconds": 1, "answer_seconds": 1, "task_seconds": 9},
        "rate_card": "glance",
        "then": "next",
        **fields,
    }
    written = {name: value for name, value in row.items() if value is not None}
    return row_type(written).model_validate(written)


ROW = a_row()
SPANS = a_row(kind="spans", labels=("name", "place"), overlap=False, marks="text", then=None)


def spans_in(output: Output) -> list[dict[str, Any]]:
    answer: Any = output.answer
    return list(answer)


def with_all(value: str) -> Output:
    """An output that has the value wherever text may stand."""
    media = Media(type="text/plain", data=base64.b64encode(f"It is {value}.".encode()).decode())
    return Output(
        format="f",
        text=f"Text {value}, again {value}",
        labels=(Scored(label=f"label {value}", score=0.5),),
        answer={"a": [value, {f"key {value}": f"{value}"}], "n": 1},
        candidates=(Candidate(id="a", text=f"{value}"), Candidate(id="b", media=media)),
        media=media,
        confidence=Confidence(status="absent", detail=f"it said {value}", source_path=f"$.{value}"),
        model=f"tuned for {value}",
        model_version=value,
        request=f"Request: {value}",
    )


@given(values())
def test_a_value_is_in_no_part_of_an_output(kind_and_value: tuple[RedactedKind, str]) -> None:
    kind, value = kind_and_value
    output, counts = redacted(with_all(value), REF, a_row((kind,)))
    assert value not in output.model_dump_json()
    assert output.text == f"Text [{kind}], again [{kind}]"
    assert output.candidates[1].media == output.media
    assert output.media is not None
    assert base64.b64decode(output.media.data or "").decode() == f"It is [{kind}]."
    assert counts == (Redacted(kind=kind, count=14),)
    assert Output.model_validate_json(output.model_dump_json()) == output


def test_what_holds_nothing_is_the_same_output() -> None:
    assert redacted(PLAIN, REF, ROW) == (PLAIN, ())
    assert redacted(with_all("ana@example.com"), REF, a_row(())) == (
        with_all("ana@example.com"), (),
    )  # fmt: skip


@given(JSON)
def test_any_answer_keeps_its_form_where_nothing_is_found(answer: JsonValue) -> None:
    output = PLAIN.model_copy(update={"answer": answer})
    left, counts = redacted(output, REF, ROW)
    assert counts or left == output


def test_a_number_that_is_a_card_is_shown_as_its_kind() -> None:
    answer = {"card": 4111111111111111, "paid": 12.5, "ok": True}
    left, counts = redacted(PLAIN.model_copy(update={"answer": answer}), REF, ROW)
    assert left.answer == {"card": "[payment_card]", "paid": 12.5, "ok": True}
    assert counts == (Redacted(kind="payment_card", count=1),)


def test_spans_follow_the_text() -> None:
    text = "Ana (ana@example.com) lives in Bogor, call 0812-3456-7890 there"
    mail, place = text.index("ana@"), text.index("Bogor")
    answer: JsonValue = [
        {"start": 0, "end": 3, "label": "name"},
        {"start": mail, "end": mail + 3, "label": "name"},
        {"start": mail, "end": mail + 15, "label": "name"},
        {"start": place, "end": place + 5, "label": "place"},
        {"start": len(text) - 5, "end": len(text), "label": "place"},
    ]
    output = PLAIN.model_copy(update={"text": text, "answer": answer, "request": "x " * 50})
    left, _ = redacted(output, REF, SPANS)
    assert left.text == "Ana ([email]) lives in Bogor, call [phone] there"
    marked = [left.text[one["start"] : one["end"]] for one in spans_in(left)]
    assert marked == ["Ana", "[email]", "Bogor", "there"]
    assert SPANS.own_answer(left) == left.answer


@given(st.lists(st.one_of(values().map(lambda pair: pair[1]), st.text(max_size=6)), max_size=5),
       st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=4))  # fmt: skip
def test_spans_stay_within_the_text(parts: list[str], places: list[tuple[int, int]]) -> None:
    text = " ".join(["x", *parts])
    answer: JsonValue = [
        {"start": min(place), "end": max(place), "label": "name"}
        for place in places
        if min(place) < max(place) <= len(text)
    ]
    left, _ = redacted(PLAIN.model_copy(update={"text": text, "answer": answer}), REF, SPANS)
    for span in spans_in(left):
        assert 0 <= span["start"] < span["end"] <= len(left.text or "")


@pytest.mark.parametrize(
    ("output", "ref", "name"),
    [
        (PLAIN, REF.model_copy(update={"id": "ana@example.com"}), "id"),
        (PLAIN, REF.model_copy(update={"source": "mailto:ana@example.com"}), "source"),
        (PLAIN, REF.model_copy(update={"correlation_id": "4111111111111111"}), "correlation_id"),
        (
            PLAIN.model_copy(update={"media": Media(ref="https://e.org/ana@example.com")}),
            REF,
            "media.ref",
        ),
        (
            PLAIN.model_copy(update={"candidates": (Candidate(id="a"),
                                                    Candidate(id="a@example.com"))}),
            REF,
            "candidates[1].id",
        ),
    ],
)  # fmt: skip
def test_a_name_that_holds_one_is_refused_without_repeating_it(
    output: Output, ref: OutputRef, name: str
) -> None:
    with pytest.raises(Refused) as caught:
        redacted(output, ref, ROW)
    assert caught.value.reason is Reason.INVALID_FIELD
    assert caught.value.detail.startswith(f"{name}: it holds what this task type redacts")
    assert "example" not in caught.value.detail
    assert "4111" not in caught.value.detail


def test_an_id_made_here_is_taken() -> None:
    made = REF.model_copy(update={"id": "sentuh:model-outputs.501800000009.2.7"})
    assert redacted(PLAIN, made, ROW) == (PLAIN, ())


def test_ids_of_candidates_stay_what_answers_name() -> None:
    candidates = (Candidate(id="f0812345678be", text="a"), Candidate(id="b", text="b@example.com"))
    answer: JsonValue = ["f0812345678be", "b"]
    output = PLAIN.model_copy(update={"candidates": candidates, "answer": answer})
    left, counts = redacted(output, REF, ROW)
    assert left.answer == answer
    assert [one.id for one in left.candidates] == ["f0812345678be", "b"]
    assert counts == (Redacted(kind="email", count=1),)


def test_ids_that_were_made_of_texts_are_taken_whatever_their_digits() -> None:
    redacting = Redacting(frozenset(MAKE), ("ID",))
    some = (of_texts([str(at), "b"], "$") for at in range(30_000))
    made = next(one for one in some if kinds_in_name(one[0].id, redacting))
    output = PLAIN.model_copy(update={"candidates": made})
    assert redacted(output, REF, ROW) == (output, ())


def test_a_language_that_holds_a_number_is_refused() -> None:
    with pytest.raises(Refused, match="language: it holds"):
        redacted(PLAIN.model_copy(update={"language": "x-081234567890"}), REF, ROW)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_text_inline_that_is_no_utf_8_is_refused(encoding: str) -> None:
    data = base64.b64encode("Tu\u00e9 ana@example.com".encode(encoding)).decode()
    output = PLAIN.model_copy(update={"media": Media(type="text/plain", data=data)})
    with pytest.raises(Refused, match="send UTF-8"):
        redacted(output, REF, ROW)
