"""What the model had said is told in plain words, and what it counted, or why it did not."""

from typing import get_args

import pytest

from sentuh.history.collect import collect
from sentuh.trace.own_answer import own_answer
from shared.contracts.events.verdicts import LeftOut, Witness
from tests.sentuh.audit.journals import Log
from tests.services.qa.witness.builders import a_witnessed_task

LOG = Log()
LOG.say(a_witnessed_task())
HISTORY = collect(LOG.records, LOG.names, None)
SAID = Witness(
    model="animals", version="3", answer="cat", confidence=0.93, weight=0.714,
    lessons=61, right=0.841,
)  # fmt: skip


def test_what_counted_is_told_with_what_it_follows_from() -> None:
    assert own_answer(SAID, HISTORY) == (
        "the model said “cat” and that it was 93 % sure, counted .71, because it was right in 84 %"
        " of 61 tasks judged without it in which it was as sure"
    )


@pytest.mark.parametrize("left_out", get_args(LeftOut))
def test_why_it_did_not_count_is_told(left_out: LeftOut) -> None:
    silent = SAID.model_copy(update={"weight": None, "left_out": left_out})

    assert ", not counted, because " in own_answer(silent, HISTORY)
