"""Every module keeps every rule of the house, and every rule catches what breaks it."""

import tomllib

import pytest

from tests.architecture import plain_english, rules
from tests.architecture.source import ROOT, Module, modules

OPENING = '"""What lives in this sample."""\n'


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: rules.Rule) -> None:
    wrong = [line for module in modules() for line in rule(module)]

    assert not wrong, f"{rule.__doc__}\n" + "\n".join(wrong)


def function(lines: int = 1, parameters: int = 0) -> str:
    names = ", ".join(f"p{n}" for n in range(parameters))
    return f"def act({names}):\n    '''Say.'''\n" + "    pass\n" * lines


@pytest.mark.parametrize(
    ("rule", "path", "good", "bad"),
    [
        (rules.opens_with_a_docstring, "shared/x.py", OPENING, "import os\n"),
        (rules.opens_with_a_docstring, "shared/x.py", OPENING, '"""X."""\n'),
        (rules.opens_with_a_docstring, "shared/x.py", OPENING, '"""\nBelow the first line.\n"""\n'),
        (rules.is_short, "shared/x.py", "\n" * 300, "\n" * 301),
        (rules.has_short_functions, "shared/x.py", function(lines=40), function(lines=41)),
        (rules.has_few_parameters, "shared/x.py", function(parameters=5), function(parameters=6)),
        (rules.has_no_vague_name, "shared/x.py", "class Lane: ...", "class LaneManager: ..."),
        (
            rules.decides_without_clock_or_chance,
            "services/qa/decide.py",
            "def f(now): return now",
            "def f(): return datetime.now()",
        ),
        (
            rules.decides_without_clock_or_chance,
            "services/qa/decide/verdict.py",
            "uuid5(SPACE, 'x')",
            "uuid4()",
        ),
        (
            rules.leaves_topic_names_to_their_rows,
            "services/router/service.py",
            "TIMERS",
            "topic = 'router.timers'",
        ),
        (
            rules.refuses_with_the_fix,
            "services/qa/x.py",
            "def f():\n    detail = 'it is too old: send a newer one'\n    Refused(R.OLD, detail)",
            "def f(): raise Refused(Reason.OLD, f'over {days} days old')",
        ),
        (
            rules.leaves_private_parts_alone,
            "shared/kafka/x.py",
            "from __future__ import annotations\nfrom aiokafka.errors import KafkaError",
            "from aiokafka.record.default_records import _DefaultRecordBatchPy",
        ),
        (
            rules.leaves_private_parts_alone,
            "shared/kafka/x.py",
            "import aiokafka.client",
            "import aiokafka._internal.reader",
        ),
        (
            plain_english.has_no_bare_participle,
            "sentuh/x.py",
            "def f(records, *, settings): given = 1",
            "def f(records, *, given): ...",
        ),
        (
            plain_english.has_no_bare_participle,
            "shared/x.py",
            "def missing(): ...",
            "def known(): ...",
        ),
        (plain_english.has_no_bare_participle, "shared/x.py", "class Seen: ...", "class seen: ..."),
        (
            plain_english.has_no_bare_participle,
            "shared/x.py",
            "f = lambda row: 1",
            "f = lambda said: 1",
        ),
        (
            rules.makes_changes_by_keyword,
            "services/qa/fold.py",
            "Change(aggregate=key, guards=(), writes=writes)",
            "Change(writes=writes, guards=(), aggregate=key)",
        ),
        (
            rules.makes_changes_by_keyword,
            "services/qa/fold.py",
            "Change(aggregate=None, guards=(), writes=writes)",
            "Change(key, (), writes)",
        ),
    ],
)
def test_each_rule_catches_what_breaks_it(rule: rules.Rule, path: str, good: str, bad: str) -> None:
    assert not list(rule(Module(path, good)))
    assert list(rule(Module(path, bad)))


@pytest.mark.parametrize(
    "path", ["shared/utils.py", "services/qa/common/x.py", "sentuh/kafka_core.py"]
)
def test_a_vague_file_name_is_caught(path: str) -> None:
    assert list(rules.has_no_vague_name(Module(path, OPENING)))


def test_fixtures_of_a_test_are_not_counted() -> None:
    assert not list(rules.has_few_parameters(Module("tests/x.py", function(parameters=9))))


def test_of_the_product_one_file_may_touch_private_parts() -> None:
    ignores = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    touching = {path for path, codes in ignores["per-file-ignores"].items() if "SLF" in codes} - {
        "tests/**",
        "bench/**",
    }

    assert touching == {rules.PRIVATE_PARTS}
    assert "SLF" in ignores["select"]
