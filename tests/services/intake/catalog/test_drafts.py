"""What who begins without a draft is not shown can be nothing that people need."""

from pathlib import Path

import pytest

from services.intake.catalog import check
from tests.services.intake.catalog.test_catalog import saved

ROW = """\
skills: {}
rate_cards: {glance: {currency: USD, amount_minor: 5}}
task_types:
  work:
    shows: [request, text]
    pool: main
    question: What does it say?
    gate: {threshold: 0.8, audit_share: 0.05}
    answers: {min: 2, max: 5}
    times: {accept_seconds: 60, answer_seconds: 600, task_seconds: 86400}
    rate_card: glance
"""
RECORD = "    kind: record\n    fields: [{name: seller}]\n    stopping: {confidence: 0.9}\n"
HEARD = "    kind: transcript\n    language: en\n    stopping: {word_error_max: 0.1}\n"
MARKED = "    kind: spans\n    labels: [name]\n    stopping: {confidence: 0.9}\n"
ASKED = "    marks: request\n"


@pytest.mark.parametrize("own", [RECORD, HEARD, MARKED + ASKED, RECORD + "    draft: show\n"])
def test_the_models_text_is_nothing_that_people_may_need(tmp_path: Path, own: str) -> None:
    (problem,) = check(saved(tmp_path, ROW + own))

    assert (problem.field, problem.line) == ("task_types.work.shows[1]", 5)
    assert "request, context or media" in problem.fix


def test_a_text_to_mark_is_shown_to_all(tmp_path: Path) -> None:
    assert check(saved(tmp_path, ROW + MARKED)) == []
    (problem,) = check(saved(tmp_path, ROW + MARKED + "    marks: 7\n"))
    assert problem.field == "task_types.work.marks"
