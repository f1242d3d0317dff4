"""What a catalog may say of second stages: each fault has its line and its fix."""

from pathlib import Path

import pytest

from services.intake.catalog import check, load
from shared.contracts.events.then import Then
from tests.services.intake.catalog.test_catalog import NOW, saved

GOOD = """\
skills: {}
rate_cards:
  glance: {currency: USD, amount_minor: 5}
task_types:
  mend:
    kind: text
    pool: main
    question: Mend this sentence.
    then: compare
    shows: [text]
    gate: {threshold: 0.8, audit_share: 0.05}
    answers: {min: 3, max: 3}
    stopping: {confidence: 0.9}
    times: {accept_seconds: 60, answer_seconds: 600, task_seconds: 86400}
    rate_card: glance
  compare:
    kind: preference
    pool: main
    question: Which is best?
    none: true
    answers: {min: 2, max: 5}
    stopping: {confidence: 0.8}
    times: {accept_seconds: 60, answer_seconds: 600, task_seconds: 172800}
    rate_card: glance
"""
CHOICE = """
  pick:
    pool: main
    question: Which?
    options: [a, b]
    gate: {threshold: 0.8, audit_share: 0.05}
    answers: {min: 2, max: 5}
    stopping: {confidence: 0.8}
    times: {accept_seconds: 60, answer_seconds: 600, task_seconds: 172800}
    rate_card: glance
"""
M, C = "task_types.mend", "task_types.compare"


def test_a_task_of_the_first_type_knows_who_decides(tmp_path: Path) -> None:
    catalog = load(saved(tmp_path, GOOD))

    then = Then(task_type="compare", task_seconds=172_800)
    assert catalog.policy("mend", NOW).then == then
    assert catalog.policy("compare", NOW).then is None


@pytest.mark.parametrize(
    ("was", "now", "where", "says"),
    [
        ("then: compare", "then: compair", f"9: {M}.then", "did you mean compare?"),
        ("then: compare", "then: judges", f"9: {M}.then", "add it to task_types"),
        ("    then: compare\n", "", f"5: {M}.then", "is missing; add it"),
        ("then: compare", "then: 5", f"9: {M}.then", "put it in quotes"),
        ("then: compare", "then: pick", f"9: {M}.then", "name a task type of the kind preference"),
        ("then: compare", "then: mend", f"9: {M}.then", "is of the kind text, which ranks nothing"),
        ("    none: true", "    then: mend", f"20: {C}.then", "is not known here"),
        (
            "kind: preference\n    pool: main",
            "kind: preference\n    pool: other",
            f"9: {M}.then",
            "compare is of the pool other; name one of the pool main",
        ),
        (
            "    none: true",
            "    gate: {threshold: 0.5, audit_share: 0.1}",
            f"20: {C}.gate",
            "stands before the second stage of mend, of which people see everything; remove it",
        ),
        ("    gate: {threshold: 0.8, audit_share: 0.05}\n", "", f"5: {M}.gate", "add it"),
        (
            "task_seconds: 86400",
            "task_seconds: 2500000",
            f"14: {M}.times.task_seconds",
            "comes to 2672800 seconds with that of compare, above 2592000; shorten one of the two"
            " by 80800",
        ),
        (
            "amount_minor: 5}",
            "amount_minor: 5, per: audio_minute, units_max: 9}",
            f"10: {M}.shows",
            "add media here, or pay compare otherwise",
        ),
        (
            "    none: true",
            "    redact: [email]",
            f"20: {C}.redact",
            "decides for mend, whose outputs are redacted there; move it to mend",
        ),
        ("    none: true", "    shows: [media]", f"10: {M}.shows", "add it here, or remove it"),
    ],
)
def test_a_fault_is_named_by_line_field_and_fix(
    tmp_path: Path, was: str, now: str, where: str, says: str
) -> None:
    assert was in GOOD
    wrong = GOOD.replace(was, now, 1) + (CHOICE if "pick" in now else "")
    path = saved(tmp_path, wrong)
    problems = [str(problem) for problem in check(path)]

    assert any(problem.startswith(f"{path}:{where}") for problem in problems), problems
    assert any(says in problem for problem in problems), problems


def test_a_type_named_by_nobody_needs_a_gate(tmp_path: Path) -> None:
    alone = GOOD.replace("then: compare", "then: other") + GOOD[GOOD.index("  compare:") :].replace(
        "compare", "other"
    )
    (problem,) = check(saved(tmp_path, alone))

    assert problem.field == f"{C}.gate"
