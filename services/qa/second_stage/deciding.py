"""Ends a second stage: its verdict decides the first task too, or its silence does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.qa import keys
from services.qa.agreement import agreement_on
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Lessons
from services.qa.second_stage import requesting
from services.qa.second_stage.versions import Version, versions
from services.qa.sizes import fitting
from services.qa.state import BothStages, FirstTask, KeptAnswer, SecondStage, TaskUnderReview
from services.qa.votes import votes_of
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import SecondDue
from shared.contracts.events.verdicts import DecidedBy, JudgedDraft, VerdictReached
from shared.contracts.question import Answer, Question
from shared.contracts.questions import kind_to_name
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import score, unscore


def decide_both(task: TaskUnderReview, verdict: VerdictReached) -> Decision:
    """Return the decision that announces a verdict, and with it that on the task it decides.

    A first task may come to wait a little later than its second task is decided: what it waits for
    was lost with Redis, and is decided again. Then nothing is announced, and the second task is
    looked at again; for as long as the first may wait, no verdict of a second task goes unused.
    """
    first = task.first
    if first is None:
        return Decision.of(verdict)
    if first.waits_for(verdict.task_id):
        by = DecidedBy(task_id=verdict.task_id, task_type=verdict.task_type, votes=verdict.votes)
        return Decision.of(verdict, decide_first(first, by, verdict.at, second=verdict))
    if first.may_come_to_wait and not _is_over(task, verdict.at):
        waiting = keys.waiting(verdict.task_id, verdict.task_type)
        listed = keys.deadlines(first.name.pool, first.name.task_id)
        return Decision.of(index=[score(listed, waiting, to_ms(verdict.at))])
    return Decision.of(verdict)


def look_again(due: SecondDue, stages: BothStages, decided: Decision, now: datetime) -> Decision:
    """Return the decision on a second stage that is due: the first task ends without it, or waits.

    `decided` is what becomes of the second task now, if all its answers are in. All of it is
    announced, whatever becomes of the first task: nobody else may have decided it.
    """
    first, listed = stages.first, keys.deadlines(due.pool, due.task_id)
    waiting = keys.waiting(due.second_task_id, due.second_type)
    if any(isinstance(event, VerdictReached) for event in decided.events):
        return replace(decided, index=(unscore(listed, waiting),))
    if first.may_come_to_wait and not _is_over(stages.second, now):
        return replace(decided, index=())  # the sweep has it listed, for a little later
    if not first.waits_for(due.second_task_id):
        return replace(decided, index=(unscore(listed, waiting),))
    until = _until(first, stages.second)
    if now < until:
        return replace(decided, index=(score(listed, waiting, to_ms(until)),))
    by = DecidedBy(task_id=due.second_task_id, task_type=due.second_type)
    verdict = decide_first(first, by, now)
    return Decision.of(*decided.events, verdict, index=[unscore(listed, waiting)])


def _until(first: FirstTask, second: TaskUnderReview) -> datetime:
    """Return until when a first task waits: a while after its second's deadline, once it is known.

    Intake may have made the second task long after it was asked for.
    """
    until = [] if first.task.second is None else [first.task.second.until]
    if second.until is not None:
        until.append(second.until + requesting.GRACE)
    return max(until)


def _is_over(second: TaskUnderReview, now: datetime) -> bool:
    return second.until is not None and now > second.until + requesting.GRACE


def decide_first(
    first: FirstTask, by: DecidedBy, now: datetime, *, second: VerdictReached | None = None
) -> VerdictReached:
    """Return the verdict on the first task that follows from the second's, or from its silence.

    The winner is the text ranked best; of several ranked best together, that of the highest
    weighted author, then of the lowest assignment id. Without a winner it is chosen among all of
    them in that way, nobody stands behind it (probability 0), and the verdict is `exhausted`.
    Example: the ranking `[["b"], ["a"]]` makes the text of candidate `b` the answer.
    """
    rules, waits = first.task.rules, first.task.second
    if rules is None or waits is None:
        raise ValueError(
            f"{first.name.task_id} waits for no second stage: ask before you decide it"
        )
    ranked = versions(
        (one for one in first.task.answers if _is_ranked(one, waits, rules.asks)), rules.asks
    )
    ranking = _ranking(None if second is None else second.answer)
    won = [version for version in ranked if ranking and version.id in ranking[0]]
    best = min(won or ranked, key=lambda version: version.rank(waits.weights), default=None)
    said = None if best is None else rules.asks.canonical(best.answers[0].answer)
    draft = first.task.draft
    verdict = VerdictReached(
        pool=first.name.pool,
        at=now,
        task_id=first.name.task_id,
        task_type=rules.task_type,
        ref=OutputRef.model_validate(rules.ref),
        by="people",
        answer=said,
        probability=second.probability if second and won else 0.0,
        distribution={},
        stop_reason=second.stop_reason if second and won else "exhausted",
        votes=votes_of(first.task.answers, waits.weights, rules.asks, verdict=said),
        lessons=_lessons(rules.asks, ranked, ranking, best=best) if second and won else {},
        wanted=first.task.wanted,
        created_at=rules.created_at,
        decided_by=by,
        kind=kind_to_name(rules.asks),
        draft=None if draft is None else JudgedDraft(author=draft.author),
    )
    return fitting(verdict)


def _is_ranked(answer: KeptAnswer, waits: SecondStage, asks: Question) -> bool:
    """Return whether a second stage ranks an answer; a large one may be gone, like its key."""
    named = answer.assignment_id in waits.assignments
    return named and asks.problem_with(answer.answer) is None


def _ranking(answer: Answer) -> Sequence[frozenset[str]]:
    """Return the groups of a ranking, best first; none where there is no ranking."""
    groups = answer.get("ranking") if isinstance(answer, dict) else None
    if not isinstance(groups, list):
        return ()
    return tuple(frozenset(map(str, group)) for group in groups if isinstance(group, list))


def _lessons(
    asks: Question,
    ranked: Sequence[Version],
    ranking: Sequence[frozenset[str]],
    *,
    best: Version | None,
) -> Lessons:
    """Return what the ranking shows of each author, in thousandths.

    A kind whose answers can be a little wrong says how near each is to the chosen one. Of others
    it is the share of the other texts that theirs was ranked above; beside it counts half. A text
    that stands alone, since all others are lost, teaches nothing.
    """
    if len(ranked) < 2:
        return {}
    nearness = agreement_on(asks).nearness
    place = {name: number for number, group in enumerate(ranking) for name in group}
    taught: Lessons = {}
    for version in ranked:
        for answer in version.answers:
            if nearness is None or best is None:
                share = _share_above(version, ranked, place)
            else:
                share = nearness(answer.answer, best.answers[0].answer, asks)
            taught[answer.worker_id] = {ANSWERS: 1, AGREED_MILLI: round(1000 * share)}
    return taught


def _share_above(version: Version, ranked: Sequence[Version], place: Mapping[str, int]) -> float:
    last = len(ranked)
    own = place.get(version.id, last)
    others = [place.get(other.id, last) for other in ranked if other is not version]
    return sum(1.0 if own < other else 0.5 if own == other else 0.0 for other in others) / len(
        others
    )
