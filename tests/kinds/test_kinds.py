"""Each kind's story in memory: from the output to the verdict, with a late and a bad answer."""

import json

import pytest
from pydantic import JsonValue

from sentuh.audit import audit_records
from sentuh.explain import explained
from sentuh.history.collect import collect
from sentuh.trace import tell
from shared.contracts.envelope import json_of
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.questions import KINDS
from tests.contracts.test_samples import missing_from
from tests.kinds import SCENES
from tests.kinds.scene import LATE, SOURCE, Scene
from tests.kinds.stored import TYPES, stored
from tests.kinds.town import NAMES, Town, play

Played = tuple[Scene, Town]


@pytest.fixture(scope="module", params=sorted(SCENES))
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A scene, and the town after it."""
    scene = SCENES[request.param]
    return scene, play(scene, tmp_path_factory.mktemp(scene.kind))


def test_every_kind_has_a_scene() -> None:
    assert SCENES.keys() == KINDS.keys()


def test_the_verdict_is_what_they_agree_on(played: Played) -> None:
    scene, town = played
    (verdict,) = town.of(VerdictReached)

    assert verdict.answer == scene.verdict
    assert verdict.by == "people"
    assert {vote.worker_id: vote.standing for vote in verdict.votes} == {
        LATE: "surplus",
        **dict.fromkeys(scene.workers, "counted"),
    }
    assert all(vote.weight is not None for vote in verdict.votes if not vote.late)


def test_a_verdict_has_the_detail_of_its_kind(played: Played) -> None:
    scene, town = played
    (verdict,) = town.of(VerdictReached)
    detail = KINDS[scene.kind].detail

    assert (None if verdict.detail is None else type(verdict.detail)) is detail


def test_an_answer_that_comes_late_is_paid_and_not_counted(played: Played) -> None:
    _, town = played
    assert [event.worker_id for event in town.of(AssignmentExpired)] == [LATE]
    late = {event.worker_id: event.late for event in town.of(AssignmentAnswered)}

    assert late.pop(LATE)
    assert not any(late.values())


def test_everybody_is_paid_once(played: Played) -> None:
    scene, town = played
    paid = [line.worker_id for line in town.of(EarningConfirmed)]

    assert sorted(paid) == sorted([LATE, *scene.workers])


def test_what_is_no_answer_is_refused_with_its_fix_and_a_mended_one_is_taken(
    played: Played,
) -> None:
    scene, town = played

    assert town.refused() == [("bad_answer", f"answer: {fix}") for _, fix in scene.bad]
    assert "w-1" in {event.worker_id for event in town.of(AssignmentAnswered)}


def test_the_audit_finds_nothing(played: Played) -> None:
    _, town = played
    report = audit_records(town.records)

    assert [str(report.finding(number)) for number in report.broken] == []


def test_the_trace_tells_it(played: Played) -> None:
    scene, town = played
    story = tell((SOURCE, "o-1"), town.records, NAMES)

    assert scene.told in [step.what for step in story.steps]


def test_the_explanation_adds_up(played: Played) -> None:
    scene, town = played
    (verdict,) = town.of(VerdictReached)
    told = explained(verdict.task_id, collect(town.records, NAMES, None))

    assert {voice.who for voice in told.voices if voice.by == "person"} == {LATE, *scene.workers}
    assert told.recounted is not None
    assert told.recounted.agrees


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_was_stored_is_read_and_nothing_of_it_lost(kind: str) -> None:
    values = stored(kind)
    assert values, "store it: python -m tests.kinds.stored"

    for event in TYPES:
        read = event.model_validate(values[event.TYPE])
        assert missing_from(values[event.TYPE], written(read)) == []


def written(event: Event) -> JsonValue:
    value: JsonValue = json.loads(json_of(event))
    return value
