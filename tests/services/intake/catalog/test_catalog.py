"""A catalog is used whole or refused with every fault: file, line, field, fix."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.intake.catalog import Catalog, CatalogError, Problem, check, load
from services.intake.catalog.file import FILE_BYTES_MAX
from services.intake.catalog.format_names import FORMAT_NAMES
from shared.contracts.errors import Reason, Refused, SettingError
from shared.contracts.events.parts import Quote
from shared.contracts.options import LABELS_BYTES_MAX
from shared.contracts.questions.choice import ChoiceQuestion
from tests.support.builders import an_output

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[4] / "deploy" / "catalog.yaml"
GOOD = """\
skills:
  image.digits: reads digits
rate_cards:
  glance: {currency: JPY, amount_minor: 5}
task_types:
  digits:
    pool: main
    question: Which digit?
    options:
      - "0"
      - {label: "1", show: one, aliases: [LABEL_1]}
    requirement:
      skills: {image.digits: 2}
      languages: [id, en]
    accepts: [sklearn.proba]
    gate: {threshold: 0.8, audit_share: 0.05, waived_answer: "0"}
    answers: {min: 2, max: 5}
    stopping: {confidence: 0.95}
    times: {accept_seconds: 60, answer_seconds: 120, task_seconds: 3600}
    rate_card: glance
"""


def saved(folder: Path, text: str) -> Path:
    path = folder / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return load(saved(tmp_path, GOOD))


def test_shipped_catalog_is_good_and_takes_every_format() -> None:
    assert check(EXAMPLE) == []
    shipped = load(EXAMPLE)
    accepted = {name: row.accepts for name, row in shipped.task_types.items()}
    assert sorted(name for names in accepted.values() for name in names) == sorted(FORMAT_NAMES), (
        "let a task type of the shipped catalog accept each format"
    )
    exponents = {shipped.policy(name, NOW).quote.exponent for name in shipped.task_types}
    assert exponents == {0, 2}


def test_policy_is_resolved_whole(catalog: Catalog) -> None:
    policy = catalog.policy("digits", NOW)
    assert policy.asks == ChoiceQuestion(("0", "1"))
    assert policy.requirement.lane() == "image.digits>=2|en,id"
    assert policy.quote == Quote(amount_minor=5, currency="JPY", exponent=0)
    assert policy.times.deadline_at == NOW + timedelta(hours=1)
    assert policy.catalog_digest == catalog.digest


def test_a_task_type_that_names_no_kind_is_a_choice(tmp_path: Path, catalog: Catalog) -> None:
    named = load(saved(tmp_path, GOOD.replace(": main\n", ": main\n    kind: choice\n")))

    assert named.policy("digits", NOW) == catalog.policy("digits", NOW)
    assert named.digest == catalog.digest


def test_option_is_found_by_label_or_alias(catalog: Catalog) -> None:
    row = catalog.task_types["digits"]
    outputs = [an_output(answer=said) for said in ("1", "LABEL_1", "7", None)]
    assert [row.own_answer(output) for output in outputs] == ["1", "1", None, None]


def test_digest_is_of_the_meaning(tmp_path: Path, catalog: Catalog) -> None:
    laid_out_anew = "# a comment\n" + GOOD.replace(
        "{currency: JPY, amount_minor: 5}", "\n    amount_minor: 5\n    currency: JPY"
    )
    assert load(saved(tmp_path, laid_out_anew)).digest == catalog.digest
    dearer = GOOD.replace("amount_minor: 5", "amount_minor: 6")
    assert load(saved(tmp_path, dearer)).digest != catalog.digest


def test_unknown_task_type_and_format_are_refused(catalog: Catalog) -> None:
    assert catalog.task_type_for("sklearn.proba") == "digits"
    for ask in (lambda: catalog.policy("cats", NOW), lambda: catalog.task_type_for("openai.chat")):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.reason is Reason.UNKNOWN_TASK_TYPE


T = "task_types.digits"
R, N = "\n      reliability", "\n      newcomer_share"
FAULTS = [
    ("    pool: main\n", "", f"6: {T}.pool", "is missing; add it"),
    ("pool: main", "pool: Main", f"7: {T}.pool", "lower-case"),
    ("card: glance", "card: glanse", f"20: {T}.rate_card", "did you mean glance?"),
    (
        "image.digits: 2",
        "image.digit: 2",
        f"13: {T}.requirement.skills.image.digit",
        "image.digits?",
    ),
    (
        "image.digits: 2",
        "image.digits: 9",
        f"13: {T}.requirement.skills.image.digits",
        "equal to 5",
    ),
    ("min: 2", "min: 6", f"17: {T}.answers.min", "set it to 5 or less"),
    ("{accept_", "{accept_second: 1, accept_", f"19: {T}.times.accept_second", "accept_seconds?"),
    ("3600", "170", f"19: {T}.times.task_seconds", "180 or more"),
    ('- "0"', "- 0", f"10: {T}.options[0]", "put it in quotes"),
    ('- "0"', "- no", f"10: {T}.options[0]", "put it in quotes"),
    ('label: "1"', "label: 1", f"11: {T}.options[1].label", "put it in quotes"),
    ('label: "1"', 'label: "0"', f"11: {T}.options[1]", "already an option"),
    ("[LABEL_1]", '["0"]', f"11: {T}.options[1]", "already an option"),
    ('answer: "0"', 'answer: "7"', f"16: {T}.gate.waived_answer", "use one of: 0, 1"),
    ("JPY", "ABC", "4: rate_cards.glance.currency", "no ISO 4217"),
    ("JPY", "jpy", "4: rate_cards.glance.currency", "capital letters"),
    ("minor: 5", "minor: 0.5", "4: rate_cards.glance.amount_minor", "integer"),
    ("minor: 5", "minor: -1", "4: rate_cards.glance.amount_minor", "greater than or equal to 0"),
    ("threshold: 0.8", "threshold: .nan", f"16: {T}.gate.threshold", "finite"),
    ("threshold: 0.8", "threshold: 80", f"16: {T}.gate.threshold", "less than or equal to 1"),
    ("[sklearn.proba]", "[sklearn]", f"15: {T}.accepts[0]", "sklearn.proba"),
    ("[id, en]", "[id, no]", f"14: {T}.requirement.languages[1]", "put it in quotes"),
    ("[id, en]", "[id, id]", f"14: {T}.requirement.languages[1]", "list it once"),
    ("[id, en]", "[en-US, EN_us]", f"14: {T}.requirement.languages[1]", "list it once"),
    ("[id, en]", f"[id]{R}_min: 1", f"15: {T}.requirement.reliability_min", "less than 1"),
    ("[id, en]", f"[id]{R}_min: 0", f"15: {T}.requirement.reliability_min", "greater than 0"),
    ("[id, en]", f"[id]{R}_min: .nan", f"15: {T}.requirement.reliability_min", "less than 1"),
    ("[id, en]", f"[id]{N}: 0.2", f"15: {T}.requirement.newcomer_share", "add reliability_min"),
    ("[id, en]", f"[id]{R}_min: .7{N}: 0", f"16: {T}.requirement.newcomer_share", "greater than 0"),
    ("[id, en]", '[id, "e n"]', f"14: {T}.requirement.languages[1]", "as en, en-US or zh-Hans"),
    (": main\n", ": main\n    pool: b\n", f"8: {T}.pool", "the first is on line 7"),
    (": main\n", ": main\n    kind: chioce\n", f"8: {T}.kind", "choice"),
    (": main\n", ": main\n    kind: 5\n", f"8: {T}.kind", "choice"),
    ("Which digit?", "'  '", f"8: {T}.question", "write a question"),
    ("  digits:", "  Digits:", "6: task_types.Digits", "lower-case"),
]


@pytest.mark.parametrize(("was", "now", "where", "says"), FAULTS)
def test_fault_is_named_by_line_field_and_fix(
    tmp_path: Path, was: str, now: str, where: str, says: str
) -> None:
    assert was in GOOD
    path = saved(tmp_path, GOOD.replace(was, now, 1))
    (problem,) = check(path)
    assert f"{problem.file}:{problem.line}: {problem.field}" == f"{path}:{where}"
    assert says in str(problem)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("    rate_card: glance", "    rate_card: glance\n    option: []", "did you mean options?"),
        ("gate: {", "gate: {rate_card: x, ", "gate.rate_card: is not known here; remove it"),
        ("task_types:", "rate_card: {}\ntask_types:", "did you mean rate_cards?"),
        ("threshold: 0.8", "threshold: 80", "write 1 or less"),
        ("min: 2", "min: 2.5", "write a whole number"),
        ("threshold: 0.8", "threshold: high", "write a number, as 0.9"),
        ("accepts: [sklearn.proba]", "accepts: sklearn.proba", "write a list"),
        ('gate: {threshold: 0.8, audit_share: 0.05, waived_answer: "0"}', "gate: 0.8", "below it"),
    ],
)
def test_a_hint_fits_its_place(tmp_path: Path, was: str, now: str, says: str) -> None:
    assert was in GOOD
    (problem,) = check(saved(tmp_path, GOOD.replace(was, now, 1)))
    assert says in str(problem)


def test_an_anchor_nobody_uses_is_refused_too(tmp_path: Path) -> None:
    (problem,) = check(saved(tmp_path, GOOD.replace("    gate: {", "    gate: &g {")))
    assert problem.line == 16
    assert "write it out" in problem.fault


def test_what_lacks_on_the_line_before_is_not_said_to_be_on_this_one_alone(tmp_path: Path) -> None:
    lacking = GOOD.replace("    pool: main", "    pool main")
    (problem,) = check(saved(tmp_path, lacking))

    assert problem.line == lacking.splitlines().index("    pool main") + 2
    assert problem.fix == "correct this line or the one before"
    (first,) = check(saved(tmp_path, "a: b: c"))
    assert first.line == 1
    assert first.fix == "correct this line"


def test_two_task_types_cannot_accept_one_format(tmp_path: Path) -> None:
    second = GOOD.split("task_types:\n")[1].replace("digits:\n", "figures:\n", 1)
    (problem,) = check(saved(tmp_path, GOOD + second))
    assert problem.field == "task_types.figures.accepts[0]"
    assert "accepted by digits too" in problem.fault


@pytest.mark.parametrize(("count", "faults"), [(77, []), (500, []), (501, ["lists 501"])])
def test_up_to_500_options_are_taken(tmp_path: Path, count: int, faults: list[str]) -> None:
    labels = "".join(f"\n      - intent_{number}" for number in range(count - 2))
    text = GOOD.replace('\n      - "0"', f'\n      - "0"{labels}')

    problems = check(saved(tmp_path, text))

    assert [problem.fault for problem in problems] == faults
    assert all(problem.fix == "list at most 500" for problem in problems)


def test_labels_that_no_token_could_carry_are_a_fault(tmp_path: Path) -> None:
    def with_labels(length: int) -> Path:
        labels = "".join(f"\n      - '{n:02}{chr(0x1D538) * length}'" for n in range(48))
        return saved(tmp_path, GOOD.replace('\n      - "0"', f'\n      - "0"{labels}'))

    assert not check(with_labels(80))
    (problem,) = check(with_labels(90))
    assert problem.field == "task_types.digits.options"
    assert f"above {LABELS_BYTES_MAX}; use fewer or shorter labels" in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "just text",
        "skills: [",
        "skills: {a: b}\n---\nskills: {}",
        "a: &x {b: 1}\nc: *x\n",
        "skills: !!python/object:os.system {}",
        "skills: !!binary aGk=\n",
        "a: " + "9" * 5_000,
        "[" * 5_000,
        "a: \x00",
        "#" * (FILE_BYTES_MAX + 1),
    ],
)
def test_no_catalog_is_a_problem_never_a_crash(tmp_path: Path, text: str) -> None:
    assert check(saved(tmp_path, text))


def test_aliases_are_refused_on_their_line(tmp_path: Path) -> None:
    (problem,) = check(saved(tmp_path, "a: &x {b: 1}\nc: *x\n"))
    assert problem.line == 1
    assert "write it out" in problem.fault


def test_missing_file_and_wrong_encoding_are_problems(tmp_path: Path) -> None:
    assert "cannot be read" in check(tmp_path / "none.yaml")[0].fault
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"skills: {a: \xe9}")
    assert "UTF-8" in check(path)[0].fault


def test_catalog_error_stops_a_service_like_any_setting() -> None:
    error = CatalogError(
        [
            Problem("c.yaml", 9, "b", "is wrong", "fix it"),
            Problem("c.yaml", 2, "a", "is wrong", "fix it"),
        ]
    )
    assert isinstance(error, SettingError)
    assert str(error) == "c.yaml:2: a: is wrong; fix it\nc.yaml:9: b: is wrong; fix it"


@pytest.mark.parametrize("line", ['skills: {a: "\\ud800"}', '"\\ud800": 1'])
def test_half_of_a_surrogate_pair_has_its_line(tmp_path: Path, line: str) -> None:
    (problem,) = check(saved(tmp_path, f"# a catalog\n{line}\n"))

    assert problem.line == 2
    assert "write the character itself" in problem.fault
