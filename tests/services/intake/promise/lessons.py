"""Lessons as people's verdicts bring them."""

from hypothesis import strategies as st

from services.intake.promise.audits import HALVINGS_MAX
from services.intake.promise.bands import BANDS
from services.intake.promise.learned import Audited, Learned, learn
from services.intake.promise.watch import entry

CELLS = st.tuples(st.integers(0, BANDS - 1), st.integers(0, HALVINGS_MAX))


@st.composite
def _audited(draw: st.DrawFn) -> Audited:
    wrong = draw(st.booleans())
    at, watched = draw(st.integers(0, 2**42 - 1)), draw(st.booleans())
    one = entry(at, str(draw(st.integers(0, 99))), wrong=wrong) if watched else None
    return Audited(draw(st.integers(1, 3)), draw(CELLS), wrong, one)


LESSONS = st.lists(_audited(), max_size=40)


def counted(right: int, wrong: int, band: int, times: int = 0) -> Learned:
    """Return what these many verdicts of one band teach."""
    lessons = [Audited(1, (band, times), wrong=False)] * right
    return learn(Learned(), lessons + [Audited(1, (band, times), wrong=True)] * wrong)


COUNTED = st.dictionaries(
    CELLS, st.tuples(st.integers(0, 400), st.integers(0, 30)), max_size=12
).map(lambda counts: Learned(counts=counts))
