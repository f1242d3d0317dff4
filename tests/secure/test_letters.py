"""Who may read dead letters and send them again, with the generated rights and no others."""

from datetime import UTC, datetime

import pytest

from sentuh.broker.acls import grant
from sentuh.broker.topics import apply, granted
from sentuh.dead_letters import (
    Choice,
    Going,
    dead_letters_in,
    plan,
    publish,
    read_dead_letters,
    rights_to_replay,
)
from sentuh.demo.wire import Link, reader
from shared.connect.access import KafkaAccess
from shared.contracts.envelope import dead_letter
from shared.contracts.errors import Reason, Refused, SettingError
from shared.contracts.record import Record
from shared.contracts.rights import rights
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, Names
from tests.secure.broker import SecureKafka

pytestmark = pytest.mark.slow
NAMES = Names("letters-")
VALUE = b'{"source": "/m", "id": "o-1", "response": "cat"}'
CHOICE = Choice(services=frozenset({"intake"}))


def a_dead_letter() -> Record:
    """A dead letter of intake."""
    refused = Record(NAMES.of(MODEL_OUTPUTS), 4, 7, b"k", VALUE, (("h", b"\xff"),), 0)
    why = Refused(Reason.BUG, "report it")
    said = dead_letter(refused, why, service="intake", topic=NAMES.of(DEAD_LETTERS["intake"]))
    return Record(said.topic, 0, 0, said.key, said.value, said.headers, 0)


async def replay(access: KafkaAccess, *, checked: bool = True) -> list[Going]:
    """Send what this user finds again, as the command does."""
    dead_letters = await read_dead_letters(access, NAMES, CHOICE)
    there = {NAMES.of(MODEL_OUTPUTS): MODEL_OUTPUTS.partitions}
    if checked:
        there = await granted(access, rights_to_replay(dead_letters, NAMES))
    done: list[Going] = []
    going = plan(dead_letters, NAMES, there, now=datetime.now(UTC), again=False).going
    await publish(access, going, idempotent=True, note=done.append)
    return done


async def test_operators_read_and_the_publisher_sends_again(broker: SecureKafka) -> None:
    admin = broker.access("admin")
    await grant(admin, rights(NAMES))
    await apply(admin, NAMES)
    (dead_letter,) = dead_letters_in([a_dead_letter()], NAMES)
    topic = dead_letter.record.topic
    await publish(
        broker.access("intake"),
        [Going(dead_letter, dead_letter.record, dead_letter.record.place)],
        idempotent=True,
        note=lambda _: None,
    )

    operators = broker.access("operators")
    assert [one.spot for one in await read_dead_letters(operators, NAMES, CHOICE)] == [
        dead_letter.spot
    ]
    with pytest.raises(SettingError, match=f"Write topic {NAMES.of(MODEL_OUTPUTS)}.*role upstream"):
        await replay(operators)
    with pytest.raises(SettingError, match=r"^0 of 1 records are published.*denies user 'oper"):
        await replay(operators, checked=False)
    with pytest.raises(SettingError, match=f"Read topic {topic}.*role operators"):
        await replay(broker.access("payout"))

    (gone,) = await replay(broker.access("upstream"))

    link = Link(broker.bootstrap, NAMES, 0)
    async with reader(link, [MODEL_OUTPUTS]) as onlooker:
        found = await onlooker.getone()
    assert found.partition == 4
    assert found.key == b"k"
    assert found.value == VALUE
    assert found.headers == (("h", b"\xff"),)
    assert gone.place.partition == 4
