"""How long a service remembers an ending follows from the topics it reads."""

import re

import pytest

from services import intake, payout, qa, router
from shared.contracts.card import Card, ending_kept_seconds
from shared.contracts.topics import (
    EARNINGS,
    MODEL_OUTPUTS,
    RESPONSES,
    TASKS,
    WORKERS,
    Topic,
    read_by,
)
from tests.architecture.source import module

DAY = 86_400
CARDS = (intake.CARD, router.CARD, qa.CARD, payout.CARD)


@pytest.mark.parametrize(
    ("card", "days"),
    [(intake.CARD, 9), (router.CARD, 64), (qa.CARD, 64), (payout.CARD, 64)],
    ids=lambda value: value.service if isinstance(value, Card) else "",
)
def test_an_ending_is_remembered_a_day_past_all_that_can_bring_it_up_again(
    card: Card, days: int
) -> None:
    assert card.ending_kept_seconds == days * DAY
    for topic in card.ends_by or card.consumes:
        if topic.readable_seconds is not None:
            assert topic.readable_seconds + DAY <= card.ending_kept_seconds


def test_a_record_outlives_its_retention_by_the_segment_it_lies_in() -> None:
    segment_seconds = int(TASKS.config()["segment.ms"]) // 1000
    retention_seconds = int(TASKS.config()["retention.ms"]) // 1000

    assert TASKS.readable_seconds == retention_seconds + segment_seconds


@pytest.mark.parametrize("topic", [EARNINGS, WORKERS], ids=lambda topic: topic.name)
def test_a_topic_that_is_kept_for_ever_does_not_count(topic: Topic) -> None:
    assert topic.readable_seconds is None
    assert ending_kept_seconds([topic, MODEL_OUTPUTS]) == ending_kept_seconds([MODEL_OUTPUTS])


def test_the_longest_kept_topic_decides() -> None:
    assert ending_kept_seconds([RESPONSES, TASKS]) == 64 * DAY
    assert ending_kept_seconds([RESPONSES]) == 9 * DAY


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.service)
def test_the_rows_and_the_card_name_the_same_time(card: Card) -> None:
    """The audit asks the rows, since it knows no card."""
    rows = card.ends_by or read_by(card.service)
    assert set(rows) <= set(read_by(card.service))
    assert ending_kept_seconds(rows) == card.ending_kept_seconds


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.service)
def test_the_documents_of_the_keys_name_the_time_they_live(card: Card) -> None:
    days = {
        int(n) for n in re.findall(r"(\d+) days", module(f"services/{card.service}/keys.py").text)
    }
    kept = card.ending_kept_seconds // DAY

    assert days <= {kept, 2 * kept}, "a key's document names another time than it is kept"
    assert kept in days
