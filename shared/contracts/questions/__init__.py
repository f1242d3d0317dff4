"""The door to the kinds of questions: one file a kind, found by its name, and listed nowhere.

A new kind is a file here and one of the same name in each room that `ROOMS` lists. Nothing else
learns of it: events carry a `Question` and an answer, and whoever has them asks the question.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Union

from pydantic import TypeAdapter

from shared.contracts.question import Answer, Kind, Question

ROOMS = ("shared.contracts.questions", "services.qa.agreement", "sentuh.audit.recount",
         "sentuh.demo.people")  # fmt: skip
"""The packages in which every kind has a file of its own."""
KIND_IF_NONE_IS_NAMED = "choice"
"""The kind of a task type in the catalog that names none."""

KINDS: Mapping[str, Kind] = {
    found.name: import_module(f"{__name__}.{found.name}").KIND for found in iter_modules(__path__)
}
"""Every kind by its name, in the order of the names."""


def of_each_kind(room: str, name: str) -> dict[str, Any]:
    """Return, by kind, the thing of this name in the kind's file of a room.

    Example: `of_each_kind("sentuh.demo.people", "answer")` are the functions `answer` of
    `sentuh/demo/people/choice.py` and of the other kinds' files. ImportError where a file is
    missing: every kind has one in every room.
    """
    return {kind: getattr(import_module(f"{room}.{kind}"), name) for kind in KINDS}


if TYPE_CHECKING:
    AskedQuestion = Question
    GivenAnswer = Answer
    SentAnswer = Answer
else:
    # Unions over whatever kinds there are: with one kind alone each is that kind's own type, so a
    # schema says no more than what can come.
    AskedQuestion = Union[tuple(kind.question for kind in KINDS.values())]  # noqa: UP007
    GivenAnswer = Union[tuple(kind.answer for kind in KINDS.values())]  # noqa: UP007
    SentAnswer = Union[tuple(kind.sent_answer for kind in KINDS.values())]  # noqa: UP007

_ASKED: TypeAdapter[Question] = TypeAdapter(AskedQuestion)


def read_question(form: object) -> Question:
    """Return the question that events carry in this form; raises ValidationError for none.

    Example: `["yes", "no"]` is `ChoiceQuestion(("yes", "no"))`.
    """
    return _ASKED.validate_python(form)


@lru_cache(maxsize=1024)
def written(question: Question) -> str:
    """Return a question as compact JSON, from which `question_of` makes it again.

    Tasks of one type have the same question: its text is made once.
    """
    form = _ASKED.dump_python(question, mode="json")
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1024)
def question_of(text: str) -> Question:
    """Return the question that `written` made this text of."""
    return read_question(json.loads(text))
