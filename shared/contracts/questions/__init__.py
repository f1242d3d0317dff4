"""The door to the kinds of questions: one file a kind, found by its name, and listed nowhere.

A new kind is a file here and one of the same name in each room that `ROOMS` lists. Nothing else
learns of it: events carry a `Question` and an answer, and whoever has them asks the question.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from shared.contracts.part import Part
from shared.contracts.question import Answer, Goal, Kind, Question

ROOMS = ("shared.contracts.questions", "services.qa.agreement", "sentuh.audit.recount",
         "sentuh.explain.by_kind", "sentuh.demo.people")  # fmt: skip
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


def kind_to_name(question: Question) -> str | None:
    """Return the question's kind as events name it: not at all where it is the usual one."""
    return None if question.kind == KIND_IF_NONE_IS_NAMED else question.kind


def goal_of(question: Question) -> Goal:
    """Return the name of the number of a task's `stopping` that its question stops at."""
    return KINDS[question.kind].goal


@dataclass(frozen=True)
class _DescribedAs:
    """Takes any JSON for an answer, and describes in schemas what answers of each kind are.

    Whether an answer is right is for its question to say, in words of its own: a check by type
    would try every kind, and name to a sender what each of them found wrong.
    """

    described: Any

    def __get_pydantic_core_schema__(
        self, _: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        # The first always takes it. The second stands there for its description alone.
        choices: list[core_schema.CoreSchema | tuple[core_schema.CoreSchema, str]] = [
            core_schema.any_schema(),
            handler.generate_schema(self.described),
        ]
        metadata = {"pydantic_js_functions": [_second_alone]}
        return core_schema.union_schema(choices, mode="left_to_right", metadata=metadata)


def _second_alone(union: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return handler(union["choices"][1])


if TYPE_CHECKING:
    AskedQuestion = Question
    GivenAnswer = Answer
    SentAnswer = Answer
    ModelAnswer = Answer
    VerdictDetail = Part
else:
    # What a model answered may be any JSON. `Any` takes it without a call for each value in it.
    ModelAnswer = Any
    # Unions over whatever kinds there are: with one kind alone each is that kind's own type, so a
    # schema says no more than what can come.
    AskedQuestion = Union[tuple(kind.question for kind in KINDS.values())]  # noqa: UP007
    GivenAnswer = Annotated[
        Any, _DescribedAs(Union[tuple(kind.answer for kind in KINDS.values())])  # noqa: UP007
    ]
    SentAnswer = Annotated[
        Any, _DescribedAs(Union[tuple(kind.sent_answer for kind in KINDS.values())])  # noqa: UP007
    ]
    VerdictDetail = Union[
        (None, *(kind.detail for kind in KINDS.values() if kind.detail is not None))
    ]

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
