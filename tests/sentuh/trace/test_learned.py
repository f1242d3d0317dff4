"""What the story of an output says of golds, prices and what its task type has learned."""

import pytest

from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import FlaggedWorker, JudgedGold, VerdictReached
from tests.sentuh.audit.journals import Log, a_judged_task
from tests.sentuh.trace.test_story import printed, story

_USED = Used(damping=0.45, mix=1.0, prior={"cat": 0.5, "dog": 0.5}, price=0.002, typical=0.8)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stop_reason": "ambiguous"}, "trusted are split, and more answers would not change"),
        ({"stop_reason": "futile", "wanted": 3}, "the 2 answers left to ask for could not make it"),
        ({"stop_reason": "budget", "used": _USED, "wanted": 4}, "the 1 answer left to ask for"),
        ({"stop_reason": "budget", "used": _USED, "wanted": 4}, "promise less than their price"),
        ({"used": _USED}, "votes together count for 0.45 of their evidence"),
        ({"used": _USED}, "record by option counts for 1"),
        ({"used": _USED}, "some answers are commoner than others"),
        (
            {"calibrated": True, "raw_probability": 0.97, "probability": 0.86},
            "golds showed that 97 % by the votes alone is right in 86 %",
        ),
        ({"gold": JudgedGold(gold_id="g-1", truth="dog")}, "the gold g-1, whose right answer is"),
        (
            {"flagged": (FlaggedWorker(worker_id="w-1", sign="guessing", evidence=7, answers=60),)},
            "w-1 agrees with others here no more than by chance (evidence 7.0 from 60 answers)",
        ),
        ({"confused": ("cat", "dog")}, "take “cat” and “dog” for each other across tasks"),
    ],
)
def test_a_verdict_says_what_it_owes_to_golds_and_verdicts_before(
    change: dict[str, object], says: str
) -> None:
    log = Log()
    for event in a_judged_task("t-1", {"w-1": "cat", "w-2": "cat"}):
        reached = isinstance(event, VerdictReached)
        log.say(event.model_copy(update=change) if reached else event)

    assert says in " ".join(printed(story(log)).split())
