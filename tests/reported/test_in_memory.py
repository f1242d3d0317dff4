"""Each reported input, tried in memory: what comes of it is right."""

from collections import Counter

import pytest

from tests.reported.cases import KINDS, SECTIONS, Case, cases, expectations
from tests.reported.in_memory import outcome_of
from tests.reported.judge import problems

RECORDS = [case for section in SECTIONS for case in cases(section) if not case.is_file]


@pytest.mark.parametrize("case", RECORDS, ids=lambda case: case.number)
async def test_what_comes_of_a_report_is_right(case: Case) -> None:
    outcome = await outcome_of(case)

    wrong = problems(case, outcome)
    assert not wrong, f"{case.source}\n{outcome}\n{wrong}"


def test_every_expectation_has_its_input_and_every_input_is_expected() -> None:
    for section in SECTIONS:
        inputs = [case.number for case in cases(section)]
        assert sorted(inputs) == sorted(expectations()[section])
        assert all(case.source and (case.expected or case.row) for case in cases(section))


def test_further_inputs_cut_across_the_kinds() -> None:
    counts = Counter(row.kind for row in expectations()["further"].values())
    assert counts.keys() == KINDS.keys()
    assert min(counts.values()) >= 5
