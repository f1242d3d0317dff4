"""Which letters are meant."""

from datetime import UTC, datetime, timedelta

import pytest

from sentuh.dead_letters import Choice, letters_of, since
from shared.contracts.errors import Reason, SettingError
from shared.contracts.events.model import natural_id
from shared.contracts.topics import TASKS
from tests.sentuh.dead_letters.letters import NAMES, a_letter, a_letter_record, a_record

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITS_ID = str(a_letter_record().header("dl_id"))


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice(), True),
        (Choice(services=frozenset({"intake", "qa"})), True),
        (Choice(services=frozenset({"qa"})), False),
        (Choice(reasons=frozenset({"unknown_task_type"})), True),
        (Choice(reasons=frozenset({"bug"})), False),
        (Choice(services=frozenset({"intake"}), reasons=frozenset({"bug"})), False),
        (Choice(ids=frozenset({ITS_ID})), True),
        (Choice(ids=frozenset({"another"})), False),
        (Choice(ref=("/m", "o-1")), True),
        (Choice(ref=("/m", "o-2")), False),
        (Choice(since=datetime.fromtimestamp(100, UTC)), True),
        (Choice(since=datetime.fromtimestamp(101, UTC)), False),
    ],
)
def test_a_letter_is_meant_if_it_is_all_that_was_asked_for(choice: Choice, *, taken: bool) -> None:
    assert choice.takes(a_letter_record(at_seconds=100)) is taken


def test_a_letter_about_what_followed_from_an_output_is_the_outputs() -> None:
    task = natural_id("output", "/m", "o-1").encode()
    letter = a_letter_record(a_record(b"{}", topic=TASKS, key=task), service="qa")

    assert Choice(ref=("/m", "o-1")).takes(letter)


def test_age_and_number_alone_say_not_which() -> None:
    assert not Choice(since=NOW, limit=3).says_which
    assert Choice(reasons=frozenset({"bug"})).says_which


def test_the_newest_are_the_last() -> None:
    letters = [a_letter(a_record(offset=at)) for at in range(3)]

    assert Choice(limit=2).newest(letters) == letters[1:]
    assert Choice(limit=9).newest(letters) == letters
    assert Choice().newest(letters) == letters


def test_letters_are_in_order_of_time_and_each_is_one_however_often_it_was_written() -> None:
    late = a_letter_record(a_record(offset=1), service="qa", reason=Reason.BUG, at_seconds=9)
    early = a_letter_record(a_record(offset=2), at_seconds=3)
    again = a_letter_record(a_record(offset=2), at_seconds=4)

    assert [one.record for one in letters_of([late, early, again], NAMES)] == [early, late]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("2026-02-28T08:00:00+02:00", datetime(2026, 2, 28, 6, tzinfo=UTC)),
        ("2026-02-28T08:00:00", datetime(2026, 2, 28, 8, tzinfo=UTC)),
    ],
)
def test_since_is_an_age_or_a_time(text: str, moment: datetime) -> None:
    assert since(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "2w", "-2h", "", "999999d"])
def test_since_that_is_neither_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(SettingError, match="30m, 2h, 3d"):
        since(text, NOW)
