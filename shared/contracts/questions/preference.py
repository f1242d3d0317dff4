"""The kind `preference`: which of 2 to 8 candidates is best? An answer ranks them all.

`{"ranking": [["c2"], ["c1", "c3"]]}` puts c2 first and the others behind it, equal to each other.
`{"none": true}` says that none of them will do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import not_
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from shared.contracts.errors import Reason, Refused
from shared.contracts.part import BorderPart, Part, Probability
from shared.contracts.question import Answer, Fault, InToken, Kind, QuestionRow

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked, Candidate
    from shared.contracts.events.parts import Output

CANDIDATES_MIN, CANDIDATES_MAX = 2, 8
CANDIDATE_CHARACTERS_MAX = 20_000
CANDIDATES_BYTES_MAX = 128 * 1024
"""Of all candidates' texts and inline media together: an offer carries them whole."""
NONE_OF_THEM: Answer = {"none": True}
_CandidateId = Annotated[str, Field(min_length=1, max_length=200)]
_Place = Annotated[tuple[_CandidateId, ...], Field(min_length=1, max_length=CANDIDATES_MAX)]


class PreferenceQuestion(BaseModel):
    """Which of `candidates`, given by their ids, is best, and which comes after it.

    `ties` is whether several may be in one place, `none` whether it may be said that none will do.
    Before it is about a task it has no candidates, and nothing answers it.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["preference"] = "preference"
    candidates: Annotated[tuple[str, ...], Field(exclude_if=not_)] = ()
    ties: Annotated[bool, Field(exclude_if=not_)] = False
    none: Annotated[bool, Field(exclude_if=not_)] = False

    def about(self, asked: "Asked | None") -> "PreferenceQuestion":
        """Return the question about what is compared in one task.

        The ids are sorted: a token and an offer's claims carry them, and the order in which the
        model's side sent the candidates is nothing that may lead a worker.
        """
        ids = sorted(candidate.id for candidate in asked.candidates) if asked else ()
        return self.model_copy(update={"candidates": tuple(ids)})

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that does not rank exactly the candidates."""
        if not self.candidates:
            return "leave it: what is compared is not known"
        if not isinstance(answer, dict) or answer.keys() not in ({"ranking"}, {"none"}):
            return f"answer with {self._example()}"
        if "none" in answer:
            return self._problem_with_none(answer["none"])
        ranking = answer["ranking"]
        if not _is_ranking(ranking):
            return f"write each place as a list of ids: {self._example()}"
        return next(self._problems_with(ranking), None)

    def canonical(self, answer: Answer) -> Answer:
        """Return the answer with the candidates of each place in the order of the question."""
        places = places_of(answer)
        if places is None:
            return answer
        return answer_of(
            [one for one in self.candidates if places.get(one) == at]
            for at in range(max(places.values()) + 1)
        )

    def in_words(self, answer: Answer) -> str:
        """Return the ranking with words between its places, as `c2, then c1 = c3`."""
        if answer == NONE_OF_THEM:
            return "none of them"
        ranking = answer.get("ranking") if isinstance(answer, dict) else None
        if not _is_ranking(ranking):
            return str(answer)
        return ", then ".join(" = ".join(place) for place in ranking)

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they put a few candidates in order."""
        return False

    def in_token(self) -> InToken:
        """Return the whole question: a few ids are small."""
        return InToken(self)

    def from_token(self, _: bytes) -> "PreferenceQuestion":
        """Return the whole question, which the token carried."""
        return self

    def _problem_with_none(self, stated: Answer) -> str | None:
        if not self.none:
            return "rank the candidates: here it may not be said that none of them will do"
        return None if stated is True else 'send {"none": true}, or a ranking'

    def _problems_with(self, ranking: list[list[str]]) -> Iterator[str]:
        named = Counter(one for place in ranking for one in place)
        ids = ", ".join(self.candidates)
        for at, place in enumerate(ranking, 1):
            if not place:
                yield f"leave out place {at}, which is empty"
            if not set(place) <= set(self.candidates):
                yield f"rank the offer's candidates by their ids ({ids}): place {at} names another"
        for one in self.candidates:
            if named[one] != 1:
                yield (
                    f"name each candidate once: {one} is ranked {named[one]} times"
                    if named[one]
                    else f"rank every candidate: {one} is missing"
                )
        if not self.ties and len(ranking) < len(self.candidates):
            yield "put one candidate in each place: here none may be equal"

    def _example(self) -> str:
        first, *others = self.candidates
        ids = f'[["{first}"], ' + ", ".join(f'["{one}"]' for one in others) + "]"
        return f'{{"ranking": {ids}}}, best first' + (', or {"none": true}' if self.none else "")


def places_of(answer: Answer) -> Mapping[str, int] | None:
    """Return the place of each candidate, 0 for the best; None for an answer without a ranking."""
    ranking = answer.get("ranking") if isinstance(answer, dict) else None
    if not _is_ranking(ranking):
        return None
    return {one: at for at, place in enumerate(ranking) for one in place}


def answer_of(places: Iterable[Iterable[str]]) -> Answer:
    """Return the answer that ranks candidates in these places, best first."""
    return {"ranking": [list(place) for place in places]}


def _is_ranking(ranking: object) -> TypeGuard[list[list[str]]]:
    if not isinstance(ranking, list) or not ranking:
        return False
    # Every answer of a task is looked at for each decision: loops are twice as fast as all().
    for place in ranking:
        if not isinstance(place, list):
            return False
        for one in place:
            if not isinstance(one, str):
                return False
    return True


class RankingAnswer(BorderPart):
    """Every candidate by its id, best first; those in one place are equal."""

    ranking: Annotated[tuple[_Place, ...], Field(min_length=1, max_length=CANDIDATES_MAX)]


class NoneAnswer(BorderPart):
    """None of the candidates will do."""

    none: Literal[True]


class PreferenceDetail(Part):
    """How probable it is that each candidate, by its id, is the best of all and alone so.

    `tie` is the probability that several are best, `none` that none of them will do; each stands
    there where it may be answered. All together come to 1.
    """

    best: dict[str, Probability]
    tie: Probability | None = None
    none: Probability | None = None


class PreferenceRow(QuestionRow):
    """Whether candidates may share a place, and whether it may be said that none will do."""

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's answer ranks not just its candidates: correct it, or set waived_answer"
    )

    PAID_BY: ClassVar[tuple[str, ...]] = ("audio_minute", "word", "candidate")

    ties: StrictBool = False
    none: StrictBool = False

    def asks(self) -> PreferenceQuestion:
        """Return the question, about no candidates yet."""
        return PreferenceQuestion(ties=self.ties, none=self.none)

    def asked(self, output: "Output") -> "Asked":
        """Return the output's candidates; raises Refused where they cannot be compared."""
        from shared.contracts.events.asked import Asked

        problem = next(_problems_with(output.candidates), None)
        if problem is not None:
            raise Refused(Reason.BAD_OUTPUT, f"candidates: {problem}")
        return Asked(candidates=output.candidates)

    def own_answer(self, output: "Output") -> Answer:
        """Return the model's ranking of its candidates; None where it gives none that may be given.

        It is written as people's is, or as a list of ids, best first.
        """
        question = self.asks().about(self.asked(output))
        answer: Answer = output.answer
        if isinstance(answer, list) and all(isinstance(one, str) for one in answer):
            answer = {"ranking": [[one] for one in answer]}
        return None if question.problem_with(answer) else question.canonical(answer)

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield a waived answer that is not the only one every task has, which is none of them."""
        if waived is None:
            return
        if not self.none:
            fix = "remove it, or set none: true and let it be {none: true}"
            yield ("gate", "waived_answer"), "no answer fits every task's candidates", fix
        elif waived != NONE_OF_THEM:
            fix = "write {none: true}, the one answer that needs no candidate's id"
            yield ("gate", "waived_answer"), f"{waived} is no answer", fix


def _problems_with(candidates: "tuple[Candidate, ...]") -> Iterator[str]:
    if not CANDIDATES_MIN <= len(candidates) <= CANDIDATES_MAX:
        between = f"{CANDIDATES_MIN} to {CANDIDATES_MAX}"
        yield f"send {between} to compare; there are {len(candidates)}"
    size, ids = 0, Counter(candidate.id for candidate in candidates)
    for at, candidate in enumerate(candidates):
        if ids[candidate.id] > 1:
            yield f"give each an id of its own: that of number {at + 1} occurs twice"
        text, data = candidate.text or "", candidate.media.data if candidate.media else None
        if candidate.text is None and candidate.media is None:
            yield f"give number {at + 1} a text or media: there is nothing to see of it"
        if len(text) > CANDIDATE_CHARACTERS_MAX:
            yield f"shorten number {at + 1} to {CANDIDATE_CHARACTERS_MAX} characters"
        size += len(text.encode()) + len(data or "")
    if size > CANDIDATES_BYTES_MAX:
        yield f"they come to {size} bytes, above {CANDIDATES_BYTES_MAX}: refer to media by URL"


KIND = Kind(
    name="preference",
    question=PreferenceQuestion,
    answer=RankingAnswer | NoneAnswer,
    sent_answer=RankingAnswer | NoneAnswer,
    row=PreferenceRow,
    waived_answer=dict[str, bool],
    detail=PreferenceDetail,
    ranks=True,
)
