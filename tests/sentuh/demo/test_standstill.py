"""A part that is slow is waited for; one that stands still is named, with what it stands at."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentuh.demo.processes import ServiceProcess
from sentuh.demo.standstill import STILL_SECONDS, Standstill, cpu_ticks, kinds_of_lines
from sentuh.embedded.child import StackError

HOURS = range(4 * 3600)


def stands(sights: Iterator[object]) -> list[bool]:
    """What a look each second says of these."""
    watched = Standstill()
    return [watched.look(sight, float(at)) for at, sight in enumerate(sights)]


def test_what_moves_now_and_then_never_stands_still() -> None:
    often_enough = int(STILL_SECONDS) - 1

    assert not any(stands(iter([at // often_enough for at in HOURS])))


def test_what_does_not_move_stands_still_after_the_stated_while() -> None:
    looks = stands(iter(["same"] * 300))

    assert looks.index(True) == STILL_SECONDS


def test_a_look_that_was_held_up_counts_for_a_second() -> None:
    watched = Standstill()
    for at in range(0, 50_000, 1_000):
        assert not watched.look("same", float(at))


def test_lines_that_differ_in_numbers_alone_are_no_progress(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    assert kinds_of_lines(log) == 0
    log.write_text("".join(f'{{"at": "12:00:{at}", "event": "again"}}\n' for at in range(90)))
    assert kinds_of_lines(log) == 1
    log.write_text(log.read_text() + '{"at": "12:02:00", "event": "caught up"}\n')
    assert kinds_of_lines(log) == 2


def test_the_cpu_time_of_what_is_gone_is_nothing() -> None:
    assert cpu_ticks(2**30) == 0


class Scripted(ServiceProcess):
    """A service that runs, and answers what the script says, the last for good."""

    def __init__(self, home: Path, *answers: tuple[int, str]) -> None:
        super().__init__("router-2", "router", home, {})
        self._answers = list(answers)
        self.asked, self.runs = 0, True
        self.log.write_text('{"event": "starting"}\n')

    @property
    def running(self) -> bool:
        return self.runs

    def cpu_ticks(self) -> int:
        return min(400, self.asked)

    def ask(self, _: str) -> tuple[int, str]:
        self.asked += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(autouse=True)
def _seconds_that_cost_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The services' clock: it goes on by what is slept, and not else."""
    now = [0.0]

    def sleep(_: float) -> None:
        now[0] += 1.0

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("time.monotonic", lambda: now[0])


def amiss(*words: str) -> tuple[int, str]:
    return 503, json.dumps({"ok": False, "amiss": words})


def test_a_service_is_waited_for_while_it_loads_and_while_its_words_change(tmp_path: Path) -> None:
    words = [amiss(f"{left} slots to come") for left in range(500, 0, -1)]
    service = Scripted(tmp_path, *[(0, "")] * 399, *words, (200, "{}"))

    service.wait_ready()

    assert service.asked == 900


def test_a_service_that_stands_still_is_named_with_what_it_stands_at(tmp_path: Path) -> None:
    service = Scripted(tmp_path, amiss("starting"), amiss("Redis does not answer", "no partitions"))

    with pytest.raises(StackError) as failure:
        service.wait_ready()

    line = str(failure.value)
    assert line.startswith(
        f"router-2 has stood still for {STILL_SECONDS:.0f} s at: Redis does not answer,"
        " no partitions. Mend what its log names"
    )
    assert str(service.log) in line


def test_a_service_that_answers_nothing_and_uses_no_cpu_stands_still(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="still for 120 s at: it answers nothing yet"):
        Scripted(tmp_path, (0, "")).wait_ready()


def test_a_service_that_ended_is_not_waited_for(tmp_path: Path) -> None:
    service = Scripted(tmp_path, amiss("starting"))
    service.runs = False

    with pytest.raises(StackError, match="router-2 ended with"):
        service.wait_ready()

    assert service.asked == 1
