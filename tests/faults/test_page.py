"""The page of the faults is that of the last whole run, and every row is in exactly one group."""

import json

from tests.faults.fault import Fault
from tests.faults.page import GROUPS, LAST_RUN, README, page, summed_up
from tests.faults.play import Play, Row, Trial
from tests.faults.rows import names


def test_the_page_is_that_of_the_last_run() -> None:
    run = json.loads(LAST_RUN.read_text(encoding="utf-8"))

    assert README.read_text(encoding="utf-8") == page(run), (
        "a whole `make faults` writes it; after a change of its template alone:"
        ' python -c "import json; from tests.faults import page as p;'
        ' p.write(json.loads(p.LAST_RUN.read_text()))"'
    )
    assert run["rows"] == len(names()), "rows were added or taken away: run `make faults` again"


def test_every_fault_is_in_one_group() -> None:
    grouped = [fault for group in GROUPS for fault in group.faults]
    not_once = [fault.name for fault in Fault if grouped.count(fault) != 1]

    assert not_once == [], "name these faults in one group of tests/faults/page.py"


def test_a_run_is_summed_up_by_group_and_what_did_not_hold_is_said() -> None:
    run = summed_up([a_row(Fault.KILL), a_row(Fault.JOIN, lost=1)], 31.6)

    assert run["rows"] == 2
    assert run["held"] == 1
    assert run["minutes"] == 32
    assert run["groups"][0] == {
        "fired": 3, "absorbed": 5, "lost": 0, "paid_twice": 0, "back_max": 2.5,
    }  # fmt: skip
    assert "1 of 2 rows held, NOT ALL" in page(run)


def a_row(fault: Fault, lost: int = 0) -> Row:
    return Row(Trial(fault, _nothing), 3, 5, lost, 0, (1.0, 2.5))


async def _nothing(_: Play) -> None:
    return
