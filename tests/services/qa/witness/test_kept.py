"""A model's answer is kept where it may count: said with a confidence, unseen, unaudited."""

from collections.abc import Mapping

import pytest

from services.qa import keys
from services.qa.agreement.terms import AgreedAnswer, Agreement
from services.qa.witness import bucket_of, entry_of_witness
from services.qa.witness.kept import is_blind
from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Confidence, Gate
from shared.contracts.events.promised import Promised
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer, Question
from shared.contracts.questions import KINDS, of_each_kind
from tests.services.qa.witness.builders import SHARE, SURE_OF_IT, a_witnessed_task
from tests.support.builders import a_policy, an_output

AGREEMENTS: Mapping[str, Agreement[Question, Answer, AgreedAnswer]] = of_each_kind(
    "services.qa.agreement", "AGREEMENT"
)


def changed(**update: object) -> TaskCreated:
    return a_witnessed_task().model_copy(update=update)


def test_an_answer_is_kept_under_its_models_bucket() -> None:
    entry = entry_of_witness(a_witnessed_task())

    assert entry is not None
    assert keys.answered(entry[0]) == (bucket_of("animals", "3", SURE_OF_IT), keys.WITNESS)
    assert len(entry[1]) < 64, "Redis holds a hash in half the memory up to there"


def test_an_answer_in_other_words_is_kept_as_intake_says_it() -> None:
    entry = entry_of_witness(changed(output=an_output("LABEL_1"), own_answer="dog"))

    assert entry is not None
    assert '"dog"' in entry[1]


def test_nothing_is_kept_that_may_never_count() -> None:
    silent = an_output().model_copy(update={"confidence": Confidence(status="absent")})
    audit = Gate(reason="audit", threshold=0.8, audit_share=0.1)
    for task in (
        changed(policy=a_policy()),
        changed(output=silent),
        changed(output=an_output(None)),
        changed(output=an_output("LABEL_1")),
        changed(gate=audit),
        changed(asked=Asked(judges_answer=True)),
    ):
        assert entry_of_witness(task) is None


@pytest.mark.parametrize("promised", [{"halvings": 0}, {"watched": True}])
def test_what_tells_a_gate_with_a_promise_of_the_model_is_judged_without_it(
    promised: dict[str, object],
) -> None:
    stood = {
        "mode": "shadow", "gate": "g", "promise": "p", "revision": 1, "term": 1, "band": 3,
        "waives": False,
    }  # fmt: skip
    for blind in (False, True):
        task = a_witnessed_task(blind=blind)
        gate = task.gate.model_copy(update={"promised": Promised.made({**stood, **promised})})
        entry = entry_of_witness(task.model_copy(update={"gate": gate}))
        assert (entry is not None) is blind
        silent = task.gate.model_copy(update={"promised": Promised.made(stood)})
        assert entry_of_witness(task.model_copy(update={"gate": silent})) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_that_keep_a_models_answer_are_those_that_can_count_it(kind: str) -> None:
    assert KINDS[kind].witness is (AGREEMENTS[kind].witnessed is not None)


def test_about_the_share_of_tasks_is_judged_without_the_model() -> None:
    blind = sum(is_blind(f"t-{number}", 0.1) for number in range(2_000))
    assert 150 < blind < 250
    assert is_blind(a_witnessed_task(blind=True).task_id, SHARE)


def test_there_are_forty_buckets_however_many_models() -> None:
    names = {
        bucket_of(f"m-{number}", "1", stated / 100)
        for number in range(100)
        for stated in range(0, 101, 5)
    }
    assert len(names) == 40
