"""What is lost follows from first offsets, committed offsets and notes alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.record import TopicPartition
from shared.kafka.losses import Loss, Position, Positions
from shared.kafka.unread import Beginning, compare

TOPIC = "model-outputs"
P0, P1 = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)
TOGETHER = Position(0, 1)


def beginning(start: int, committed: int | None, **noted: Position) -> Beginning:
    """One partition; `read` is its note, `together` that of its topic."""
    names: dict[str, TopicPartition | str] = {"read": P0, "together": TOPIC}
    notes = {names[name]: at for name, at in noted.items()}
    return Beginning({P0: start}, {P0: committed}, notes, {TOPIC: 0})


def test_what_was_deleted_between_the_committed_offset_and_the_first_is_lost() -> None:
    assert compare(beginning(50, 20)).losses == [Loss(TOPIC, 0, 0, 20, 50)]


def test_a_new_group_has_lost_nothing() -> None:
    assert compare(beginning(50, None)).losses == []


def test_a_group_that_kafka_forgot_is_known_by_its_note() -> None:
    forgotten = beginning(50, None, read=Position(0, 20), together=TOGETHER)

    assert compare(forgotten).losses == [Loss(TOPIC, 0, 0, 20, 50)]


def test_a_topic_that_was_made_anew_has_lost_nothing_that_is_known() -> None:
    anew = beginning(50, 20, read=Position(0, 20), together=TOGETHER)

    assert compare(replace(anew, incarnations={TOPIC: 1})).losses == []


def test_a_partition_that_was_added_is_read_from_its_first_record() -> None:
    noted: Positions = {P0: Position(0, 20), TOPIC: TOGETHER}
    added = Beginning({P0: 0, P1: 5}, {P0: 20, P1: None}, noted, {TOPIC: 0})

    assert compare(added).losses == [Loss(TOPIC, 1, 0, 0, 5)]


def test_a_rewound_group_does_not_lose_what_was_read_before() -> None:
    rewound = beginning(50, 0, read=Position(0, 60), together=TOGETHER)

    assert compare(rewound).losses == []


def test_the_first_process_notes_every_partition_so_that_none_looks_added() -> None:
    first = Beginning({P0: 3, P1: 50}, {P0: None}, {}, {TOPIC: 0})

    noted = compare(first).positions
    other = Beginning({P0: 3, P1: 50}, {P1: None}, noted, {TOPIC: 0})

    assert compare(other).losses == []
    assert compare(replace(other, starts={P0: 3, P1: 60})).losses == [Loss(TOPIC, 1, 0, 50, 60)]


def test_the_first_process_leaves_the_losses_of_the_others_to_them() -> None:
    starts = {P0: 50, P1: 50}
    first = compare(Beginning(starts, {P0: 20}, {}, {TOPIC: 0}, {P1: 30}))
    other = compare(Beginning(starts, {P1: 30}, first.positions, {TOPIC: 0}, {P0: 20}))

    assert first.losses == [Loss(TOPIC, 0, 0, 20, 50)]
    assert other.losses == [Loss(TOPIC, 1, 0, 30, 50)]


def test_a_topic_that_is_not_known_yet_has_no_partitions_to_note() -> None:
    before = compare(Beginning({}, {}, {}, {TOPIC: 0}))

    assert before.positions == {}
    assert compare(replace(beginning(50, None), noted=before.positions)).losses == []


@given(
    starts=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    committed=st.tuples(st.none() | st.integers(0, 100), st.none() | st.integers(0, 100)),
)
def test_two_processes_note_what_one_alone_would_note(
    starts: tuple[int, int], committed: tuple[int | None, int | None]
) -> None:
    first, begun = dict(zip((P0, P1), starts, strict=True)), {TOPIC: 0}
    offsets = dict(zip((P0, P1), committed, strict=True))
    mine, theirs = {P0: offsets[P0]}, {P1: offsets[P1]}

    alone = compare(Beginning(first, offsets, {}, begun))
    one = compare(Beginning(first, mine, {}, begun, theirs))
    other = compare(Beginning(first, theirs, one.positions, begun, mine))

    assert one.losses + other.losses == alone.losses


@given(
    start=st.integers(0, 100),
    committed=st.none() | st.integers(0, 100),
    read=st.none() | st.integers(0, 100),
    incarnation=st.integers(0, 1),
)
def test_a_loss_is_noted_once_and_ends_at_the_first_offset(
    start: int, committed: int | None, read: int | None, incarnation: int
) -> None:
    notes = {} if read is None else {"read": Position(0, read), "together": TOGETHER}
    before = replace(beginning(start, committed, **notes), incarnations={TOPIC: incarnation})

    comparison = compare(before)
    again = compare(replace(before, noted={**before.noted, **comparison.positions}))

    assert all(loss.end == start and loss.records > 0 for loss in comparison.losses)
    assert again.losses == []
