"""What a kind of question says of the people who answer it in the demo."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.contracts.question import Answer, Question

Q = TypeVar("Q", bound=Question)
A = TypeVar("A", bound=Answer)
About = tuple[str | int, ...]
"""What chance is drawn about: the seed, the person, the task."""


@dataclass(frozen=True)
class AnsweringPeople(Generic[Q, A]):
    """How people answer one kind of question.

    `answer(accuracy, about, truth, question)` is what a person says who is right that often, or at
    random where `accuracy` is None; `guess(question, about)` is what somebody says who cannot know.
    `mended(draft, own, about, question)` is what a person makes of the model's draft who would say
    `own` without it; None of a kind without drafts. Both fit the question.
    """

    answer: Callable[[float | None, About, A, Q], A]
    guess: Callable[[Q, About], A]
    mended: Callable[[A, A, About, Q], A] | None = None
