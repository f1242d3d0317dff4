"""A gate with a promise from end to end: opens by verdicts, waives, closes on a worse model."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.intake import keys
from services.intake.promise import teaching
from services.intake.promise.entries import packed
from services.intake.promise.watch import entry
from services.intake.state import GateKnown
from shared.contracts.events.gates import GateForgotten, GateLearned, GateStood
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import JudgedGold, Witness
from tests.services.intake.promise.gates import DIGITS, FIVE, Town, catalog_with, waived

SURE, UNSURE = 0.99, 0.6


@pytest.fixture(scope="module")
def opened() -> Town:
    """A gate of the mode on that has opened."""
    town = Town(catalog_with(FIVE))
    while not (town.stood and town.stood[-1].threshold):
        town.send(SURE)
    return town


def test_people_see_everything_until_a_threshold_is_proved(opened: Town) -> None:
    before = [
        one
        for one in opened.intake.of(TaskCreated)
        if one.gate.promised and one.gate.promised.revision == 0
    ]

    assert before
    assert not opened.intake.of(OutputWaived)
    assert opened.count == len(opened.learned)


def test_a_gate_is_found_by_its_models_name_as_it_is_published() -> None:
    catalog = catalog_with(FIVE)
    redacting = catalog.task_types[DIGITS].model_copy(update={"redact": ("email",)})
    types = {**catalog.task_types, DIGITS: redacting}
    town = Town(catalog.model_copy(update={"task_types": types}))

    for _ in range(2):
        town.send(SURE, model="ana@example.com")
    said = [one.gate.promised for one in town.intake.of(TaskCreated) if one.gate.promised]
    assert [one.model for one in said] == ["[email]"] * 2
    assert [one.revision for one in said] == [0, 1]


def test_an_open_gate_waives_and_names_the_standing_that_allows_it(opened: Town) -> None:
    became = [opened.send(SURE) for _ in range(40)]

    assert 5 < waived(became) < 35
    for event in became:
        if isinstance(event, OutputWaived):
            said = event.gate.promised
            assert said is not None
            standing = next(one for one in opened.stood if one.revision == said.revision)
            assert standing.threshold == event.gate.threshold <= SURE
            assert (said.mode, said.term, said.halvings) == ("on", 1, None)
    assert isinstance(opened.send(UNSURE), TaskCreated)


def test_a_swapped_model_closes_the_gate_and_nothing_is_waived_any_more(opened: Town) -> None:
    town = opened
    for _ in range(400):
        town.send(SURE, right=False)
        if town.stood[-1].closed:
            break

    assert town.stood[-1].closed
    assert town.stood[-1].threshold is None
    assert waived(town.send(SURE) for _ in range(20)) == 0


def test_a_shadow_decides_as_the_threshold_does_and_says_what_it_would_waive() -> None:
    plain, shadow = Town(catalog_with(None)), Town(catalog_with({**FIVE, "mode": "shadow"}))
    sure = [SURE if number % 3 else UNSURE for number in range(60)]

    for one in sure:
        was, became = plain.send(one), shadow.send(one)
        assert type(was) is type(became)
        bare = became.gate.model_copy(update={"promised": None})  # type: ignore[attr-defined]
        assert was.gate == bare  # type: ignore[attr-defined]
        assert became.gate.promised.waives is False  # type: ignore[attr-defined]


def test_a_promise_that_is_off_changes_nothing_but_the_catalogs_digest() -> None:
    plain, off = Town(catalog_with(None)), Town(catalog_with({**FIVE, "mode": "off"}))

    for _ in range(5):
        was, became = plain.send(SURE), off.send(SURE)
        digest = {"catalog_digest": getattr(getattr(was, "policy", None), "catalog_digest", "")}
        if isinstance(became, TaskCreated):
            policy = became.policy.model_copy(update=digest)
            became = became.model_copy(update={"policy": policy})
        assert became == was
    assert not off.learned


def test_another_model_begins_with_people(opened: Town) -> None:
    assert isinstance(opened.send(SURE, model="other"), TaskCreated)


def test_a_gate_without_its_state_is_off_until_its_journal_is_read(opened: Town) -> None:
    journal = opened.journal()
    town = Town(catalog_with(FIVE))
    assert waived(town.admit(SURE) for _ in range(20)) == 0

    for event in journal:
        town.intake.hear(event)

    held = {
        key: fields
        for key, fields in opened.intake.facts().items()
        if key.startswith(keys.slot(keys.GATE)) or ":gate:" in key
    }
    again = {key: fields for key, fields in town.intake.facts().items() if key in held}
    assert again == held


def test_a_verdict_that_comes_again_or_after_another_teaches_once() -> None:
    town = Town(catalog_with(FIVE))
    tasks = [town.admit(SURE) for _ in range(12)]
    verdicts = [town.judged(task, right=True) for task in tasks if isinstance(task, TaskCreated)]

    for verdict in (*verdicts[::-1], *verdicts, verdicts[0]):
        town.hear(verdict)

    assert sum(one.right for one in town.learned[-1].counts) == len(verdicts) == 12
    assert [one.revision for one in town.learned] == list(range(1, 13))


def test_of_two_processes_that_learn_at_once_the_second_learns_again() -> None:
    town = Town(catalog_with(FIVE))
    first, second = (town.admit(SURE) for _ in range(2))
    assert isinstance(first, TaskCreated)
    assert isinstance(second, TaskCreated)
    units = [town.intake.units(town.judged(task, right=True)) for task in (first, second)]
    decided = [town.intake.decide(unit) for unit in units]

    town.intake.commit(decided[0])
    in_conflict, _ = town.intake.commit(decided[1])
    town.intake.finish(in_conflict)

    assert sum(one.right for one in town.learned[-1].counts) == 2


def test_folding_in_any_order_and_twice_gives_the_same(opened: Town) -> None:
    journal = opened.journal()
    folded = []
    for events in (journal, [*journal[::-1], *journal]):
        town = Town(catalog_with(FIVE))
        for event in events:
            for unit in town.intake.units(event):
                town.intake.catch_up_on(unit.event)
        folded.append(town.intake.facts())

    assert folded[0] == folded[1]


def test_what_came_too_late_is_said_again_as_it_stands(opened: Town) -> None:
    older = opened.stood[0]
    newest = [one for one in opened.learned if one.gate == older.gate][-1]

    (again,) = opened.intake.hear(older)

    assert isinstance(again, GateStood)
    assert again.revision == newest.stands_since
    assert (again.term, again.threshold) == (newest.term, newest.threshold)
    assert opened.intake.hear(again) == []


def test_golds_and_verdicts_that_lean_on_the_model_or_say_nothing_teach_nothing() -> None:
    town = Town(catalog_with(FIVE))
    task = town.admit(SURE)
    assert isinstance(task, TaskCreated)
    verdict = town.judged(task, right=True)
    gold = JudgedGold(gold_id="g-1", truth="1")
    heard = Witness(model="m", version="", answer="1", confidence=SURE, weight=0.8)

    for changed in (
        *({"gold": gold}, {"witness": heard}),
        *({"answer": None}, {"by": "model"}, {"promised": None}),
    ):
        assert town.hear(verdict.model_copy(update=changed)) == []


def test_a_model_name_that_changes_with_every_record_pushes_out_the_gate_not_needed_for_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(teaching, "GATES_MAX", 3)
    town = Town(catalog_with(FIVE))
    for number in range(5):
        town.send(SURE, model=f"m-{number}")

    forgotten = town.intake.of(GateForgotten)
    held = [key for key in town.intake.facts() if key.startswith(keys.learned(""))]
    assert [one.gate for one in forgotten] == [one.gate for one in town.learned[:2]]
    assert len(held) == 3
    town.send(SURE, model="m-0")
    assert town.learned[-1].gate == forgotten[0].gate
    assert town.learned[-1].term == 2
    assert town.learned[-1].revision > forgotten[0].revision


def test_an_alarm_ends_the_term_and_all_that_was_learned_in_it() -> None:
    town = Town(catalog_with(FIVE))
    task = town.admit(SURE)
    assert isinstance(task, TaskCreated)
    verdict = town.judged(task, right=True)
    town.hear(verdict)
    first = town.learned[-1]
    (cell,) = first.counts
    held = first.model_copy(
        update={
            "counts": (cell.model_copy(update={"right": 5_000}),),
            "newest": packed(entry(number, "o", wrong=False) for number in range(512)),
            "threshold": 0.98,
        }
    )
    drawn = verdict.promised.model_copy(update={"watched": True})  # type: ignore[union-attr]
    wrong = verdict.model_copy(update={"promised": drawn, "answer": "7"})

    events: Sequence[Event] = ()
    for number in range(60):
        later = verdict.at + timedelta(seconds=number)
        said = wrong.model_copy(update={"at": later, "task_id": f"t-{number}"})
        known = GateKnown(held, held.term, held.revision)
        events = teaching.teach(catalog_with(FIVE), said, known, later).events
        held = next(one for one in events if isinstance(one, GateLearned))
        if held.term == 2:
            break

    assert (held.term, held.counts, held.newest, held.threshold) == (2, (), "", None)
    assert any(isinstance(one, GateStood) and one.closed for one in events)
