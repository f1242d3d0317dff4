"""How answers of every size and a draft are kept, and come again as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa import keys
from services.qa.answers import answer_of, author_of, entry_of, entry_of_draft
from services.qa.state import KeptAnswer, KeptDraft
from shared.contracts.events.asked import Asked
from shared.contracts.question import Answer, digest_of
from tests.services.qa.in_memory import qa_after
from tests.shared.contracts.test_question import ANSWERS
from tests.support.builders import a_closing, a_task, an_answer

LONG: Answer = {"text": "kata " * 500}
MIDDLE: Answer = {"text": "kata " * 60}


@given(
    ANSWERS | st.sampled_from([LONG, MIDDLE]), st.sampled_from([None, True, False]), st.booleans()
)
def test_an_answer_comes_again_as_it_was(answer: Answer, drafted: bool | None, late: bool) -> None:
    event = an_answer("w:1", late=late).model_copy(update={"answer": answer, "drafted": drafted})
    entry = entry_of(event)

    found = answer_of(entry.name, entry.value, lambda _: entry.apart)

    assert isinstance(found, KeptAnswer)
    assert (found.worker_id, found.assignment_id) == ("w:1", event.assignment_id)
    assert (found.answer, type(found.answer)) == (answer, type(answer))
    assert (found.late, found.drafted) == (late, drafted)
    assert entry.value.startswith("1 " if late else "2 ")


def test_a_large_answer_is_kept_apart_and_a_label_never() -> None:
    large = entry_of(an_answer("w-1").model_copy(update={"answer": LONG}))

    assert len(large.value) < 100
    assert len(large.apart["a-t-1-w-1"]) < 100, "it is deflated"
    assert not entry_of(an_answer("w-1", "x" * 5000)).apart


def test_an_answer_of_some_length_is_deflated_where_it_stands() -> None:
    middle = entry_of(an_answer("w-1").model_copy(update={"answer": MIDDLE}))

    assert len(middle.value) < 50
    assert not middle.apart


def test_a_large_answer_that_is_not_loaded_has_its_digest() -> None:
    entry = entry_of(an_answer("w-1").model_copy(update={"answer": LONG}))

    found = answer_of(entry.name, entry.value, lambda _: {})

    assert isinstance(found, KeptAnswer)
    assert found.answer is None
    assert found.digest == digest_of(LONG)


@pytest.mark.parametrize("draft", [LONG, MIDDLE, {"text": "kata"}, "kata", "kata " * 60, 7])
def test_a_draft_is_kept_under_an_author_who_is_no_worker(draft: Answer) -> None:
    created = a_task().model_copy(update={"asked": Asked(draft=draft)})
    entry = entry_of_draft(created)
    assert entry is not None

    found = answer_of(entry.name, entry.value, lambda _: entry.apart)

    assert found == KeptDraft("*animals@3", draft)
    assert author_of(created) == "*animals@3"


def test_a_draft_is_not_counted_among_the_answers() -> None:
    running = qa_after()
    running.hear(a_task().model_copy(update={"asked": Asked(draft="cat")}))
    running.hear(an_answer("w-1", "cat"))

    assert not running.announced

    running.hear(a_closing())
    (verdict,) = running.announced
    assert verdict.draft.author == "*animals@3"  # type: ignore[attr-defined]
    fields = running.twin.hash(keys.task("main", "t-1"))
    assert not [name for name in fields if name.startswith(keys.answer("*animals@3", ""))]
