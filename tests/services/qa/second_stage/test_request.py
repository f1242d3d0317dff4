"""What a second stage is asked about: the distinct texts, and nothing that shows their weights."""

from hypothesis import given
from hypothesis import strategies as st

from services.qa.second_stage import request
from services.qa.second_stage.requesting import CANDIDATES_BYTES_MAX, CANDIDATES_MAX
from services.qa.state import KeptAnswer, Shown, TaskName, TaskUnderReview
from shared.contracts.envelope import json_of
from shared.contracts.events.second_stage import (
    QA_SOURCE,
    OutputComposed,
    SecondRequested,
    first_task_of,
)
from shared.contracts.topics import MODEL_OUTPUTS_QA
from tests.services.qa.second_stage.builders import FIRST, a_first, texts
from tests.support.builders import NOW, after

NAME = TaskName("main", FIRST)


def asked(
    first: TaskUnderReview, weights: dict[str, float] | None = None
) -> tuple[OutputComposed, SecondRequested]:
    """Return the request for a second stage of this task."""
    even = {answer.assignment_id: 0.8 for answer in first.answers if not answer.late}
    made = request(NAME, first, even if weights is None else weights, NOW)
    assert made is not None
    return made


def test_each_distinct_text_is_one_candidate() -> None:
    composed, requested = asked(a_first(texts("cat", "dog", "cat")))

    assert [one.text for one in composed.output.candidates] == ["cat", "dog"]
    assert requested.assignments == ("a-0", "a-1", "a-2")
    assert composed.not_for == ("w-0", "w-1", "w-2")
    assert composed.output.confidence.status == "absent"


def test_the_output_is_qa_s_own_and_names_the_first_task() -> None:
    composed, requested = asked(a_first(texts("cat", "dog")))

    assert (composed.ref.source, composed.ref.id) == (QA_SOURCE, requested.output_id)
    assert composed.ref.correlation_id == FIRST
    assert composed.task_id == requested.second_task_id
    assert first_task_of(composed.task_id) == FIRST
    assert composed.task_type == requested.second_type == "compare"
    assert requested.until == after(600 + 86_400)


def test_nothing_is_asked_without_two_texts_or_a_second_stage() -> None:
    weights = {"a-0": 0.8, "a-1": 0.8}

    assert request(NAME, a_first(texts("cat", "cat")), weights, NOW) is None
    assert request(NAME, a_first(texts("cat", "dog"), then=None), weights, NOW) is None


@given(
    written=st.lists(st.sampled_from(["cat", "dog", "bird"]), min_size=2, max_size=6),
    weights=st.lists(st.floats(0.01, 0.99), min_size=12, max_size=12),
)
def test_the_output_has_the_same_bytes_whatever_the_weights(
    written: list[str], weights: list[float]
) -> None:
    first = a_first(texts(*written))
    names = [answer.assignment_id for answer in first.answers]
    one = request(NAME, first, dict(zip(names, weights, strict=False)), NOW)
    other = request(NAME, first, dict(zip(names, weights[6:], strict=False)), after(500))

    assert (one is None) == (other is None) == (len(set(written)) < 2)
    if one and other:
        assert json_of(one[0]) == json_of(other[0])
        assert one[1].output_id == other[1].output_id


def test_the_highest_weighted_texts_go_first_and_the_others_are_named() -> None:
    first = a_first(texts(*[f"text {number}" for number in range(CANDIDATES_MAX + 2)]))
    weights = {answer.assignment_id: 0.5 for answer in first.answers} | {"a-0": 0.1, "a-4": 0.2}

    composed, requested = asked(first, weights)

    assert requested.left_out == ("a-0", "a-4")
    assert len(composed.output.candidates) == CANDIDATES_MAX
    assert "w-0" not in composed.not_for


@given(
    sizes=st.lists(st.integers(1, 32_000), min_size=2, max_size=12),
    beside=st.integers(0, 150_000),
)
def test_whatever_is_asked_fits_into_its_record(sizes: list[int], beside: int) -> None:
    said = texts(*[f"{number}" + "x" * size for number, size in enumerate(sizes)])
    first = a_first(said, shown=Shown(request="y" * beside))
    made = request(NAME, first, {answer.assignment_id: 0.8 for answer in said}, NOW)
    if made is not None:
        composed, requested = made
        together = sum(len(json_of(one)) for one in composed.output.candidates)
        assert together <= CANDIDATES_BYTES_MAX
        assert len(json_of(composed)) <= MODEL_OUTPUTS_QA.size_bytes_max
        assert len(requested.assignments) + len(requested.left_out) == len(said)


def test_the_answer_of_a_late_author_is_no_candidate() -> None:
    late = KeptAnswer("a-9", "w-9", "bird", late=True)

    composed, _ = asked(a_first((*texts("cat", "dog"), late)))

    assert [one.text for one in composed.output.candidates] == ["cat", "dog"]
    assert "w-9" not in composed.not_for
