"""A gate's conditions and lists are checked when the catalog is read: line, fault and fix."""

from pathlib import Path

import pytest

from services.intake.catalog import check, load
from tests.services.intake.catalog.test_catalog import GOOD, saved

GATE = '    gate: {threshold: 0.8, audit_share: 0.05, waived_answer: "0"}\n'
CONDITIONS = """\
    gate:
      threshold: 0.8
      audit_share: 0.05
      waived_answer: "0"
      review_if:
        - margin < 0.2
        - {condition}
"""
LISTS = """\
    gate:
      threshold: 0.8
      audit_share: 0.05
      waived_answer: "0"
      always_review: {lists}
"""
LINE = GOOD.splitlines().index(GATE.rstrip("\n")) + 1
RECORD = """\
  invoice:
    kind: record
    pool: main
    question: What does it say?
    fields: [{name: total, kind: number}, {name: seller}]
    gate: {threshold: 0.8, audit_share: 0, review_if: ["CONDITION"]}
    answers: {min: 2, max: 5}
    stopping: {confidence: 0.95}
    times: {accept_seconds: 60, answer_seconds: 120, task_seconds: 3600}
    rate_card: glance
"""


def with_condition(condition: str) -> str:
    assert GATE in GOOD
    quoted = "'" + condition.replace("'", "''") + "'"
    return GOOD.replace(GATE, CONDITIONS.replace("{condition}", quoted))


WRONG = [
    ("confidense < 0.9", "there is no fact confidense", "did you mean confidence?"),
    ("scores.top < 0.9", "there is no fact scores", "name some of"),
    ("confidence < threshold", "there is no fact threshold", "name some of"),
    ("text.lower() == 'a'", "there is no function lower", "use size, contains"),
    ("len(text) > 3", "there is no function len", "use size, contains"),
    ("confidence < 1", "(double, int)", "write both with a point"),
    ("text_length > 10.5", "(int, double)", "write both with a point"),
    ("confidence < '0.9'", "(double, string)", "without quotes"),
    ("text > 5", "(string, int)", "without quotes"),
    ("refused == 'yes'", "(bool, string)", "refused, or !refused"),
    ("refused < 1", "(bool, int)", "refused, or !refused"),
    ("margin", "it gives double, no truth value", "compare it"),
    ("text + language", "it gives string, no truth value", "compare it"),
    ("margin < 0.2 and refused", "no condition in CEL", "write && for and"),
    ("refused or repeats", "no condition in CEL", "write || for or"),
    ("not refused", "no condition in CEL", "write ! for not"),
    ("margin = 0.2", "no condition in CEL", "write == to compare"),
    ("confidence < 90%", "no condition in CEL", "write 0.9 for 90 %"),
    ("text == 'a", "no condition in CEL", "close the quotes"),
    ("(margin < 0.2", "no condition in CEL", "close the brackets"),
    ("margin <", "no condition in CEL", "write a condition"),
    ("confidence < 90.0", "confidence is on 0 to 1, and 90.0 is not", "write 0.9"),
    ("2.5 > margin", "margin is on 0 to 1, and 2.5 is not", "write 0.025"),
    ("text.matches('[0-9')", "regular expression", "RE2"),
    ("1 < 2", "names no fact", "name some of"),
    ("labels['cat'] > 'x'", "(double, string)", "without quotes"),
    ("margin.value < 0.2", "cannot be the operand", "correct it"),
    ("fields.total > 5", "there is no fact fields", "name some of"),
    ("margin < 0.2", "is listed twice", "list it once"),
]


@pytest.mark.parametrize(("condition", "fault", "fix"), WRONG)
def test_a_wrong_condition_is_refused_with_line_and_fix(
    tmp_path: Path, condition: str, fault: str, fix: str
) -> None:
    (problem,) = check(saved(tmp_path, with_condition(condition)))
    assert problem.field == "task_types.digits.gate.review_if[1]"
    assert problem.line == LINE + 6
    assert fault in problem.fault
    assert fix in problem.fix


def test_at_least_twenty_kinds_of_wrong_conditions_are_shown() -> None:
    assert len({condition for condition, *_ in WRONG}) >= 20


def test_good_conditions_and_lists_are_taken(tmp_path: Path) -> None:
    good = with_condition("confidence < 0.9 && (language == 'id' || text_length > 4000)")
    lists = "{answers: [LABEL_1, '0'], models: [m-1], languages: [id], words: [Geld zurück]}"
    assert check(saved(tmp_path, good)) == []
    assert check(saved(tmp_path, GOOD.replace(GATE, LISTS.replace("{lists}", lists)))) == []


@pytest.mark.parametrize(
    ("lists", "field", "fix"),
    [
        ("{answers: [LABEL_2]}", "answers[0]", "did you mean LABEL_1?"),
        ("{answers: ['7']}", "answers[0]", "use one of 0, 1, LABEL_1"),
        ("{words: [a, a]}", "words[1]", "list it once"),
        ("{words: [' ']}", "words[0]", "a word or phrase"),
        ("{model: [a]}", "model", "did you mean models?"),
        ("{languages: [english please]}", "languages[0]", ""),
        ("{}", "", "list answers, models, languages or words"),
    ],
)
def test_a_wrong_list_is_refused_with_its_place(
    tmp_path: Path, lists: str, field: str, fix: str
) -> None:
    bad = GOOD.replace(GATE, LISTS.replace("{lists}", lists))
    (problem,) = check(saved(tmp_path, bad))
    assert problem.field == f"task_types.digits.gate.always_review.{field}".rstrip(".")
    assert fix in problem.fix


@pytest.mark.parametrize("written", ["margin < 0.2", "{a: 1}", "[5]"])
def test_conditions_of_another_shape_are_refused(tmp_path: Path, written: str) -> None:
    bad = GOOD.replace('waived_answer: "0"', f'waived_answer: "0", review_if: {written}')
    assert check(saved(tmp_path, bad))


@pytest.mark.parametrize(
    ("condition", "problems"),
    [
        ("fields.total > 1000", []),
        ("fields['seller'] == 'Toko'", []),
        ("fields.totl > 1000", ["did you mean total?"]),
        ("fields['buyer'] == 'Toko'", ["use one of total, seller"]),
    ],
)
def test_fields_of_a_record_are_looked_up(
    tmp_path: Path, condition: str, problems: list[str]
) -> None:
    text = GOOD + RECORD.replace("CONDITION", condition)
    assert [problem.fix for problem in check(saved(tmp_path, text))] == problems


def test_a_catalog_without_clauses_has_the_digest_it_had(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, GOOD))
    assert "review_if" not in plain.model_dump_json()
    assert "always_review" not in plain.model_dump_json()
    clauses = load(saved(tmp_path, with_condition("refused")))
    assert clauses.digest != plain.digest
