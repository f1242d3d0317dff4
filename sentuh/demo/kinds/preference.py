"""Forty customers' questions with three replies each, good, curt and useless, and a judge's order.

The judge is a model that likes long replies; people see which of them helps nobody.
"""

from pydantic import JsonValue

from sentuh.demo.chance import chance, pick
from sentuh.demo.kinds.terms import Material, Measured, an_output
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

TASK_TYPE = "chat-preference"
GOODS = ("lamp", "kettle", "blanket", "rice cooker", "bicycle bell", "garden chair", "umbrella")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
LIKES_LENGTH = 0.45
"""How often the judge puts the reply that is only long before the one that helps."""


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return so many comparisons of three replies."""
    return [_output(seed, at) for at in range(count)]


def _output(seed: int, at: int) -> ModelOutput:
    about = ("reply", seed, at)
    goods, day = pick(GOODS, "goods", *about), pick(DAYS, "day", *about)
    order = 4000 + 37 * at
    replies = {
        "good": (
            f"I am sorry for the delay. Your {goods} left our warehouse this morning and will be"
            f" with you on {day}; you can follow it under number {order}."
        ),
        "curt": f"{goods.capitalize()}: sent today, there {day}.",
        "long": (
            f"Thank you so much for writing to us about your {goods}! We love to hear from all of"
            " you, every message matters to us, and we wish you a truly wonderful day."
        ),
    }
    named = sorted(replies, key=lambda name: chance("candidate", *about, name))
    ids = {name: f"c{place}" for place, name in enumerate(named, 1)}
    judged = ["good", "curt", "long"]
    if chance("judge", *about) < LIKES_LENGTH:
        judged = ["long", "good", "curt"]
    response: dict[str, JsonValue] = {
        "candidates": [{"id": ids[name], "text": replies[name]} for name in named],
        "answer": _ranking([ids[name] for name in judged]),
    }
    request = f"Where is my {goods}? I ordered it two weeks ago, order {order}."
    made = an_output(TASK_TYPE, f"reply-{seed}-{at:02}", response, request=request)
    truth = _ranking([ids[name] for name in ("good", "curt", "long")])
    return made(truth, _ranking([ids[name] for name in judged]))


def _ranking(ids: list[str]) -> Answer:
    return {"ranking": [[one] for one in ids]}


def best_found(answer: Answer, truth: Answer) -> Measured:
    """Return whether the best one is put first; of several put first each counts its share."""
    first, right = _first(answer), _first(truth)
    return Measured(len(first & right) / len(first) if first else 0.0, 1)


def _first(answer: Answer) -> set[str]:
    ranking = answer.get("ranking") if isinstance(answer, dict) else None
    place = ranking[0] if isinstance(ranking, list) and ranking else []
    return {str(one) for one in place} if isinstance(place, list) else set()


MATERIAL = Material(outputs, best_found, "best one first")
