"""What can be wrong with what workers were shown; each leaves the rest as it should be."""

from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.offers import OfferMade, ShownWhy
from shared.contracts.events.parts import Claims, Scored, ShownOutput
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Question
from shared.contracts.questions.choice import ChoiceQuestion
from shared.contracts.questions.rating import RatingQuestion
from shared.contracts.questions.transcript.question import TranscriptQuestion
from tests.sentuh.audit.journals import WHY, Log
from tests.sentuh.audit.wrongs import changed
from tests.support.builders import OPTIONS, POOL, TASK_TYPE, a_quote, after
from tests.support.people import a_presence

CHOOSING = ChoiceQuestion(OPTIONS)
BLIND, DRAFTED = ShownOutput(language="id"), ShownOutput(text="a small picture")


def not_what_the_app_shows(log: Log) -> None:
    log.say(a_presence("w-1", at=after(-60), kinds=["rating"]))


def shown_no_more(log: Log) -> None:
    """What was said last is what counts, once the router had the time to hear it."""
    log.say(a_presence("w-1", at=after(-3_600), kinds=["choice", "rating"]))
    log.say(a_presence("w-1", at=after(-1_800), kinds=["rating"]))


def not_for_them(log: Log) -> None:
    changed(log, TaskCreated, asked=Asked(not_for=("w-1", "w-9")))


SCORED = RatingQuestion(low=0, high=5)
HEARD = TranscriptQuestion(language="en", rules=())


def _made(
    log: Log,
    *,
    drafted: bool | None,
    output: ShownOutput = DRAFTED,
    draft: str | None = None,
    asks: Question = CHOOSING,
) -> None:
    """Say the offer of the first assignment."""
    claims = Claims(
        pool=POOL,
        task_id="t-1",
        task_type=TASK_TYPE,
        assignment_id="a-t-1-w-1",
        worker_id="w-1",
        place=0,
        turn=1,
        quote=a_quote(),
        asks=asks,
        accept_by=after(60),
        answer_by=after(180),
        drafted=drafted,
    )
    asked = None if draft is None else Asked(draft=draft)
    log.say(
        OfferMade(
            pool=POOL,
            at=after(1),
            claims=claims,
            question="?",
            output=output,
            why=ShownWhy(required=WHY.required),
            asked=asked,
        )
    )


def _drafted(log: Log, *, drafted: bool) -> None:
    changed(log, AssignmentOffered, drafted=drafted)
    changed(log, AssignmentAnswered, drafted=drafted, unchanged=False)


def blind_with_a_draft(log: Log) -> None:
    _drafted(log, drafted=False)
    _made(log, drafted=False, output=BLIND, draft="cat")


def blind_with_the_models_text(log: Log) -> None:
    _drafted(log, drafted=False)
    _made(log, drafted=False, asks=HEARD)


def without_a_draft_and_with_the_models_text(log: Log) -> None:
    _made(log, drafted=None, asks=HEARD)


def with_the_models_scores(log: Log) -> None:
    labels = (Scored(label="cat", score=0.6),)
    _made(log, drafted=None, output=ShownOutput(labels=labels), asks=SCORED)


def with_an_answer_that_is_not_judged(log: Log) -> None:
    _made(log, drafted=None, output=ShownOutput(answer=0), asks=SCORED)


def drafted_without_a_draft(log: Log) -> None:
    _drafted(log, drafted=True)
    _made(log, drafted=True)


def drafted_otherwise_than_offered(log: Log) -> None:
    _drafted(log, drafted=False)
    _made(log, drafted=True, draft="cat")


def answered_otherwise_than_offered(log: Log) -> None:
    _drafted(log, drafted=True)
    _made(log, drafted=True, draft="cat")
    changed(log, AssignmentAnswered, drafted=False)
