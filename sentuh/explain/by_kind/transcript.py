"""How a verdict on a transcript is explained: each text votes word by word."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sentuh.audit.recount.transcript import text_of_votes
from sentuh.explain.terms import Explaining, Made, given_by_others
from sentuh.trace.sureness import share
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.transcript.question import TranscriptQuestion
from shared.contracts.questions.transcript.words import Word, words_of

DIGITS = 6
TOLD_MAX = 3


def _made(
    verdict: VerdictReached, question: TranscriptQuestion, votes: Sequence[Vote]
) -> Made | None:
    ours = text_of_votes(verdict, votes, question) if votes else None
    if ours is None:
        return None
    text, word_error = ours
    wrong = round(float(word_error), DIGITS)
    sure = f"{share(wrong)} of its words may be wrong"
    return Made({"text": text}, round(1 - wrong, DIGITS), None, sure)


def _same(verdict: VerdictReached, question: TranscriptQuestion, answer: Answer) -> bool:
    """Return whether both have the same words, as the question compares them."""
    return not list(_changes(_words(verdict.answer, question), _words(answer, question)))


def _differs(verdict: VerdictReached, question: TranscriptQuestion, answer: Answer) -> str:
    changes = list(_changes(_words(verdict.answer, question), _words(answer, question)))
    more = len(changes) - TOLD_MAX
    told = "; ".join(changes[:TOLD_MAX])
    return (told + (f" and {more} more" if more > 0 else "")) or "the same words"


def _changes(own: Sequence[Word], other: Sequence[Word]) -> Iterator[str]:
    keys = [word.key for word in own], [word.key for word in other]
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    for change, low, high, first, last in matcher.get_opcodes():
        before, after = _written(own[low:high]), _written(other[first:last])
        if change == "replace":
            yield f"“{after}” for “{before}”"
        elif change == "delete":
            yield f"without “{before}”"
        elif change == "insert":
            yield f"with “{after}”"


def _written(words: Sequence[Word]) -> str:
    return "".join(word.before + word.written for word in words).strip()


def _words(answer: Answer, question: TranscriptQuestion) -> Sequence[Word]:
    text = answer.get("text") if isinstance(answer, dict) else None
    return words_of(str(text or ""), question.language, question.rules)


EXPLAINING = Explaining[TranscriptQuestion](
    _made,
    given_by_others,
    "The texts are laid side by side, and each votes word by word.",
    believed=lambda weight: f"{share(weight)} of words right",
    same=_same,
    differs=_differs,
    recounts_max=60,
)
"""How verdicts on a transcript are explained."""
