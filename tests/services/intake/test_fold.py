"""Folding what intake knows in any order, any number of times, gives the same state."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake import fold, keys
from services.intake.arrived import read
from services.intake.service import build
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, Names
from tests.services.intake.builders import PNG, a_record, a_sent
from tests.services.intake.in_memory import INTAKE, intake, without
from tests.support.builders import a_task, a_waiver
from tests.support.facts import facts, folded

WITHOUT_DIGITS = build(without("digits"), names=Names())


def an_output(number: int, sure: float, offset: int) -> Record:
    response: JsonValue = {"classes": [0, 1], "probabilities": [1 - sure, sure]}
    return a_record(a_sent(id=f"o-{number}", response=response, media=PNG), offset=offset)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Record]:
    """Outputs of which some come twice, or again with another content."""
    said = st.tuples(st.integers(0, 5), st.sampled_from([0.2, 0.7, 0.9, 0.99]))
    return [an_output(*pair, at) for at, pair in enumerate(draw(st.lists(said, max_size=20)))]


@settings(max_examples=200, deadline=None)
@given(records=arrivals(), seed=st.randoms(use_true_random=False))
def test_folding_in_any_order_any_number_of_times_is_the_same(
    records: list[Record], seed: Random
) -> None:
    running = intake()
    running.hear_records(*records)
    journal = [(event, 0) for event in running.announced]
    shuffled = journal * 2
    seed.shuffle(shuffled)

    assert facts(folded(INTAKE, journal).items()) == running.facts()
    assert facts(folded(INTAKE, shuffled).items()) == running.facts()


@settings(max_examples=200, deadline=None)
@given(records=arrivals())
def test_every_output_is_decided_once_and_every_record_accounted_for(records: list[Record]) -> None:
    running = intake()
    running.hear_records(*records)
    ids = [event.key for event in running.announced]
    sent = [unit.checked for record in records for unit in read(record)]

    assert sorted(ids) == sorted({arrived.key for arrived in sent})
    assert set(running.reasons()) <= {"id_reuse"}
    first = {arrived.key: arrived.digest for arrived in reversed(sent)}
    assert len(running.dead_letters) == sum(
        arrived.digest != first[arrived.key] for arrived in sent
    )


@settings(max_examples=100, deadline=None)
@given(records=arrivals())
def test_reading_everything_again_announces_nothing(records: list[Record]) -> None:
    running = intake()
    running.hear_records(*records)
    before, dead_letters = running.facts(), len(running.dead_letters)

    running.restart_as(WITHOUT_DIGITS)

    assert running.hear_records(*records) == []
    assert running.facts() == before
    assert len(running.dead_letters) == 2 * dead_letters


def test_ending_is_kept_longer_than_its_output_can_be_read_again() -> None:
    running = intake()
    running.catch_up_on(a_task("t-1"))
    running.catch_up_on(a_waiver("t-2"))

    assert MODEL_OUTPUTS.kept_seconds is not None
    segment = int(MODEL_OUTPUTS.config()["segment.ms"]) // 1000
    assert MODEL_OUTPUTS.kept_seconds + segment + 86_400 <= fold.ENDING_KEPT_SECONDS
    assert set(running.twin.expiring) == {keys.output("t-1"), keys.output("t-2")}
    assert running.facts() == {
        keys.output("t-1"): {"ending": "task", "digest": "d1"},
        keys.output("t-2"): {"ending": "waived", "digest": "d1"},
    }


def test_what_is_said_of_an_output_lies_in_the_slot_it_is_looked_for() -> None:
    running = intake()
    (event,) = running.hear_records(an_output(1, 0.2, 7))

    assert all(key.startswith(INTAKE.slot(event)) for key in running.facts())
