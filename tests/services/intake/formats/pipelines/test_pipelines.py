"""Hugging Face pipelines' formats: what is joined, doubted and refused beyond their own outputs."""

import pytest
from pydantic import JsonValue

from services.intake.catalog import load
from services.intake.formats import FORMATS, choose
from services.intake.gate import check_shown
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from tests.architecture.source import ROOT
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.judged import AUDIO

CATALOG = load(ROOT / "deploy" / "catalog.yaml")
TEXT = "Ann Lee met Bo in Old Delhi"


def a_token(entity: str, start: JsonValue, end: JsonValue, index: JsonValue = None) -> JsonValue:
    sent: JsonValue = {"entity": entity, "score": 0.9, "word": "x", "start": start, "end": end}
    return sent if index is None else {**dict(sent), "index": index}  # type: ignore[arg-type]


def spans_of(*tokens: JsonValue) -> JsonValue:
    envelope = an_envelope(list(tokens), request=TEXT)
    answer: JsonValue = choose(None, envelope.payload).read(envelope).answer
    return answer


def read(name: str, payload: JsonValue, request: str | None = TEXT) -> Output:
    return FORMATS[name].read(an_envelope(payload, request=request, media=AUDIO))


@pytest.mark.parametrize(
    ("tokens", "spans"),
    [
        ([("B-PER", 0, 3, 1), ("I-PER", 4, 7, 2)], [(0, 7)]),
        ([("I-PER", 0, 3, 1), ("I-PER", 4, 7, 2)], [(0, 7)]),
        ([("PER", 0, 3, 1), ("PER", 4, 7, 2)], [(0, 7)]),
        ([("B-PER", 0, 3, 1), ("B-PER", 4, 7, 2)], [(0, 3), (4, 7)]),
        ([("B-PER", 0, 2, 1), ("B-PER", 2, 3, 2)], [(0, 3)]),
        ([("I-PER", 0, 3, 1), ("I-PER", 12, 14, 4)], [(0, 3), (12, 14)]),
        ([("I-PER", 4, 7, 2), ("B-PER", 0, 3, 1)], [(0, 7)]),
        ([("I-PER", 0, 3), ("I-PER", 4, 7)], [(0, 7)]),
        ([("I-PER", 0, 3), ("I-PER", 12, 14)], [(0, 3), (12, 14)]),
    ],
)
def test_tokens_that_belong_together_are_one_span(
    tokens: list[tuple[str, int, int, int]], spans: list[tuple[int, int]]
) -> None:
    expected = [{"start": start, "end": end, "label": "PER"} for start, end in spans]
    assert spans_of(*(a_token(*token) for token in tokens)) == expected


def test_tokens_of_two_labels_are_two_spans() -> None:
    assert spans_of(a_token("I-PER", 0, 3, 1), a_token("I-LOC", 4, 7, 2)) == [
        {"start": 0, "end": 3, "label": "PER"},
        {"start": 4, "end": 7, "label": "LOC"},
    ]


def test_grouped_entities_are_never_joined() -> None:
    grouped: list[JsonValue] = [
        {"entity_group": "PER", "score": 0.9, "word": "x", "start": start, "end": end}
        for start, end in ((0, 3), (4, 7))
    ]
    answer = spans_of(*grouped)
    assert isinstance(answer, list)
    assert len(answer) == 2


@pytest.mark.parametrize("payload", [[], [[]]])
def test_nothing_found_is_an_answer_to_what_there_is_to_mark(payload: JsonValue) -> None:
    output = read("hf.token-classification", payload)
    assert (output.answer, output.confidence.reason) == ([], "not_stated")
    marks = CATALOG.task_type("entities")
    check_shown(output, marks)
    assert marks.own_answer(output) == []
    asked = marks.asked(output)
    assert asked is not None
    assert (asked.text, asked.draft) == (TEXT, [])


def test_nothing_found_is_no_answer_to_another_question() -> None:
    with pytest.raises(Refused, match="of the kind spans") as caught:
        check_shown(read("hf.token-classification", []), CATALOG.task_type("sentiment"))
    assert caught.value.reason is Reason.EMPTY_PAYLOAD


def test_text_of_the_entities_is_required() -> None:
    with pytest.raises(Refused, match="send it as the request") as caught:
        read("hf.token-classification", [a_token("I-PER", 0, 3, 1)], request=None)
    assert caught.value.reason is Reason.MISSING


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [
        ("hf.token-classification", [a_token("I-PER", None, None, 1)], "there are no offsets"),
        ("hf.token-classification", [a_token("I-PER", 0, 99, 1)], "no piece of the request"),
        ("hf.token-classification", [a_token("I-PER", 3, 3, 1)], "no piece of the request"),
        ("hf.token-classification", [a_token("I-PER", -1, 3, 1)], "a whole number"),
        ("hf.token-classification", [a_token("I-PER", 0.0, 3, 1)], "a whole number"),
        ("hf.token-classification", [3], "send an object"),
        ("hf.token-classification", "x", "send a list of at most"),
        ("hf.question-answering", {"answer": 3, "score": 0.5}, "send text"),
        ("hf.question-answering", {"answer": "a", "score": "high"}, "send a number"),
        ("hf.question-answering", [], "send one answer"),
        ("hf.speech-recognition", {"text": None, "chunks": []}, "send text"),
        ("hf.speech-recognition", {"text": "a", "chunks": [3]}, "send an object"),
    ],
)
def test_declared_but_unreadable_is_bad_output(name: str, payload: JsonValue, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name, payload)
    assert caught.value.reason is Reason.BAD_OUTPUT
    assert words in caught.value.detail


def test_answer_that_is_empty_has_nothing_to_ask() -> None:
    with pytest.raises(Refused, match="found no answer") as caught:
        read("hf.question-answering", {"answer": "", "score": 0.9, "start": 0, "end": 0})
    assert caught.value.reason is Reason.EMPTY_PAYLOAD


def test_best_labels_of_several_inputs_are_never_waived() -> None:
    several: JsonValue = [{"label": "NEGATIVE", "score": 0.8}, {"label": "POSITIVE", "score": 0.9}]
    confidence = read("hf.text-classification", several).confidence
    assert (confidence.value, confidence.reason) == (None, "off_scale")


def test_transcript_of_a_pipeline_has_no_confidence() -> None:
    cut: JsonValue = {"text": " hi", "chunks": [{"text": " hi", "timestamp": [0.4, None]}]}
    output = read("hf.speech-recognition", cut)
    assert (output.text, output.confidence.reason) == (" hi", "not_stated")
    assert read("hf.speech-recognition", {"text": " hi"}).text == " hi"
