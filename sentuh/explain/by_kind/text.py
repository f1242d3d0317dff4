"""How a verdict on free text is explained: without a second stage each text stands for itself."""

from collections.abc import Sequence

from sentuh.audit.recount.text import share_of, supports
from sentuh.explain.terms import Explaining, Made, given_by_others, only_sure
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import answer_kept, kept
from shared.contracts.questions.text import TextQuestion

DIGITS = 6


def _made(verdict: VerdictReached, question: TextQuestion, votes: Sequence[Vote]) -> Made | None:
    cast = [vote.model_copy(update={"answer": question.canonical(vote.answer)}) for vote in votes]
    supported = supports(cast)
    if not supported:
        return None
    own = kept(verdict.answer)
    top = max(supported.values())
    # Texts that differ by a rounding are alike to the audit: then the verdict's own stands.
    alike = [text for text, one in supported.items() if round(top - one, DIGITS) == 0]
    text = own if own in alike else alike[0]
    probability, stays = (round(float(share_of(supported, one)), DIGITS) for one in (text, own))
    return Made(answer_kept(text), probability, stays, only_sure(probability))


EXPLAINING = Explaining[TextQuestion](
    _made,
    given_by_others,
    "A text counts as wrong only if everybody who wrote it is; the likeliest stands.",
)
"""How verdicts on free text are explained."""
