"""A sweep goes round all slots, whatever is the matter with one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.card import Card
from shared.contracts.errors import EpochGone, TransientError
from shared.contracts.events.model import Event
from shared.contracts.topics import ASSIGNMENTS, RESPONSES, ROUTER_TIMERS, Names
from shared.pattern.clock import SystemClock
from shared.pattern.limits import Limits
from shared.pattern.service import Folds, Service, Swept
from shared.recovery.sweep import Sweeper
from shared.state import version
from tests.support.in_memory import dependencies_of

CARD = Card(service="router", consumes=(RESPONSES,), journal=ASSIGNMENTS, timers=ROUTER_TIMERS)
SLOTS = ("{router:a}", "{router:b}", "{router:c}")
EPOCH = version.epoch(CARD, "1")


class Whole:
    """State that is whole, in these slots; nothing is left unsettled in any of them."""

    slots = frozenset(SLOTS)
    limits = Limits()

    async def whole(self) -> bool:
        return False

    async def epoch(self, _: str) -> str:
        return EPOCH

    async def there(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, bool]]:
        """Something is in each of them."""
        return dict.fromkeys(asked, (EPOCH, True))

    async def unsettled(self, *_: Any, **__: Any) -> tuple[str, tuple[()]]:
        return EPOCH, ()

    def progress(self) -> dict[str, int]:
        return {}

    def partitions(self) -> Sequence[int]:
        return (0,)

    def read_until(self, _: int) -> Any:
        return SystemClock().now()


async def swept(trouble: Exception) -> list[str]:
    """The slots looked at in one sweep, where the first of them has this trouble."""
    seen: list[str] = []

    async def look(swept_slot: Swept) -> Sequence[Event]:
        seen.append(swept_slot.slot)
        if swept_slot.slot == SLOTS[0]:
            raise trouble
        return ()

    names, whole = Names(), Whole()
    service = Service(CARD, (), Folds(), lambda _: SLOTS[0], names, sweep=look)
    parts: Any = whole
    means = dependencies_of(service, store=parts, publisher=parts)
    await Sweeper(means, catch_up=parts, pipelines=parts, held=parts).once()
    return seen


async def test_a_slot_in_trouble_keeps_no_other_from_being_swept() -> None:
    assert await swept(TransientError("the slot's server is away")) == list(SLOTS)


async def test_an_epoch_that_is_gone_ends_the_sweep() -> None:
    assert await swept(EpochGone(SLOTS[0])) == [SLOTS[0]]
