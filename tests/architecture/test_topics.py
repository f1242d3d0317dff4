"""One owner per topic, each journal its service's own, every name written once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services import intake, payout, qa, router
from shared.contracts.topics import ROUTER_TIMERS, SERVICES, TASKS, TOPICS, Topic
from tests.architecture import source

OUTSIDE = frozenset({"upstream", "operators", "worker apps", "finance"})
JOURNALS = {"tasks": "intake", "assignments": "router", "verdicts": "qa", "earnings": "payout"}
CARDS = (intake.CARD, router.CARD, qa.CARD, payout.CARD)

# The broker's own limit in Apache Kafka's default configuration.
BROKER_BYTES_MAX = 1_048_588


def wrong_rows(topics: Sequence[Topic]) -> list[str]:
    """What is wrong with these rows and what to do."""
    known = OUTSIDE | set(SERVICES)
    names = Counter(topic.name for topic in topics)
    wrong = [
        f"{name}: {count} rows: one owner, one row" for name, count in names.items() if count > 1
    ]
    for topic in topics:
        strange = {topic.owner, *topic.readers} - known
        if strange:
            wrong.append(
                f"{topic.name}: {sorted(strange)} are neither services nor {sorted(OUTSIDE)}"
            )
        if JOURNALS.get(topic.name, topic.owner) != topic.owner:
            wrong.append(
                f"{topic.name} is the journal of {JOURNALS[topic.name]}, which alone writes it"
            )
        if topic.name.partition(".")[0] in SERVICES and not topic.name.startswith(
            f"{topic.owner}."
        ):
            wrong.append(f"{topic.name}: a topic named for a service is owned by it")
        if topic.broker_bytes_max >= BROKER_BYTES_MAX:
            wrong.append(f"{topic.name}: its limit must lie below the broker's {BROKER_BYTES_MAX}")
    return wrong


def test_every_topic_has_one_row_and_one_owner() -> None:
    wrong = wrong_rows(TOPICS)

    assert not wrong, "\n".join(wrong)


def test_every_service_has_its_journal_and_its_dead_letters() -> None:
    rows = {topic.name: topic.owner for topic in TOPICS}

    assert tuple(sorted(SERVICES)) == tuple(sorted(source.SERVICES))
    assert {name: rows.get(name) for name in JOURNALS} == JOURNALS
    assert all(rows.get(f"{service}.dead-letters") == service for service in SERVICES)


def test_a_service_is_reader_of_what_its_card_consumes() -> None:
    """Rights, metrics and documents follow from the rows: a reader too many is a right too many."""
    cards = {card.service: set(card.consumes) for card in CARDS}
    rows = {service: {row for row in TOPICS if service in row.readers} for service in cards}

    assert rows == cards


def test_topics_keyed_by_task_have_equal_partitions() -> None:
    counts = {topic.name: topic.partitions for topic in TOPICS if topic.key.startswith("task")}

    assert len(set(counts.values())) == 1, f"one member must get all of a task: {counts}"


def test_wrong_rows_are_caught() -> None:
    assert "2 rows" in wrong_rows([TASKS, TASKS])[0]
    assert "journal of intake" in wrong_rows([replace(TASKS, owner="qa")])[0]
    assert "neither services" in wrong_rows([replace(TASKS, readers=("mars",))])[0]
    assert "owned by it" in wrong_rows([replace(ROUTER_TIMERS, owner="qa")])[0]
    assert "below the broker's" in wrong_rows([replace(TASKS, size_bytes_max=1 << 20)])[0]
