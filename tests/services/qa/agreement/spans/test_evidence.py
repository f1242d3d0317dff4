"""The probability of each label at a place follows Bayes' rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.spans.evidence import CONFUSED, INVENTED, MARKED, Evidence

LABELS = ("date", "name", "place")
said = st.lists(
    st.tuples(st.sampled_from([None, *LABELS]), st.floats(0.2, 0.97)), min_size=1, max_size=7
)


def by_hand(marks: list[tuple[str | None, float]]) -> dict[str | None, float]:
    odds: dict[str | None, float] = {None: 1.0, **dict.fromkeys(LABELS, MARKED / 3)}
    for state in odds:
        for mark, right in marks:
            wrong = 1 - right
            if state is None:
                odds[state] *= 1 - wrong * INVENTED if mark is None else wrong * INVENTED / 3
            elif mark is None:
                odds[state] *= wrong * (1 - CONFUSED)
            else:
                odds[state] *= right if mark == state else wrong * CONFUSED / 2
    whole = sum(odds.values())
    return {state: share / whole for state, share in odds.items()}


@given(said)
def test_it_is_bayes_rule(marks: list[tuple[str | None, float]]) -> None:
    evidence = Evidence(LABELS, tuple(weight for _, weight in marks))
    shares = evidence.at(tuple(mark for mark, _ in marks))
    expected = by_hand(marks)
    assert shares == pytest.approx({state: expected[state] for state in shares}, abs=1e-6)


@given(said, st.sampled_from([None, *LABELS]), st.floats(0, 1))
def test_a_mark_never_speaks_against_itself(
    marks: list[tuple[str | None, float]], mark: str | None, weight: float
) -> None:
    weights, before = tuple(w for _, w in marks), tuple(m for m, _ in marks)
    unsure = Evidence(LABELS, weights).at(before).get(mark, 0.0)
    assert Evidence(LABELS, (*weights, weight)).at((*before, mark))[mark] >= unsure - 1e-6


def test_the_examples_of_its_docstring() -> None:
    evidence = Evidence(("name",), (0.8, 0.8))
    assert evidence.at(("name", "name"))["name"] == pytest.approx(0.999, abs=0.001)
    assert evidence.at(("name", None))["name"] == pytest.approx(0.73, abs=0.01)


def test_of_equals_nothing_is_best_and_then_the_first_by_name() -> None:
    tied = Evidence(("name", "place"), (0.8, 0.8))
    assert tied.best(("place", "name")) == "name"
    assert tied.best((None, None)) is None
