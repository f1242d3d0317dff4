"""What a process sets, and that failures leave nothing that only a search would find."""

import asyncio
import gc
from collections.abc import Iterator
from weakref import ReferenceType, ref

import pytest

from services.intake import CARD
from shared.contracts.errors import Reason
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.observe.garbage import YOUNG_MAX, look_seldom
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.service import Decision, Folds, Loading, Service, Unit, on
from shared.pattern.together import together
from shared.state.view import View
from tests.support.builders import NOW, a_task

NOTHING: Loading[TaskCreated, None] = Loading(
    reads=lambda _: (), state=lambda _event, _view: None, aggregates=lambda _: ()
)
REFUSING = Service(
    card=CARD,
    rows=(
        on(
            TaskCreated,
            load=NOTHING,
            decide=lambda _event, _state, _now: Decision.refuse(Reason.ID_REUSE, "no"),
        ),
    ),
    folds=Folds(),
    slot=lambda _: "{intake:0}",
)


@pytest.fixture
def unsearched() -> Iterator[None]:
    """No search for garbage meanwhile."""
    gc.disable()
    yield
    gc.enable()


def test_what_is_loaded_is_left_out_and_the_rest_looked_at_seldom() -> None:
    before = gc.get_threshold()
    try:
        look_seldom()

        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == YOUNG_MAX
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


@pytest.mark.usefixtures("unsearched")
def test_a_refusal_does_not_keep_the_view_it_was_decided_on() -> None:
    event = a_task()
    topic = REFUSING.names.of(TaskCreated.TOPIC)
    record = Record(topic, 0, 0, event.key.encode(), b"", (), 0)
    view = View()
    kept = ref(view)

    decided = decide_unit(REFUSING, Unit(record, event.event_id, event, event), view, NOW)
    assert decided.refused is not None
    del view, decided

    assert kept() is None


@pytest.mark.usefixtures("unsearched")
def test_a_failure_does_not_keep_what_was_at_work() -> None:
    kept: list[ReferenceType[View]] = []

    async def fail() -> None:
        view = View()
        kept.append(ref(view))
        raise ValueError("wrong")

    async def both() -> None:
        try:
            await together(fail(), asyncio.sleep(0))
        except ValueError:
            return
        raise AssertionError("nothing was raised")

    asyncio.run(both())

    assert kept[0]() is None
