"""Plain conditions give what the library gives, and all others are left to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.conditions.expressions import MISSING, compiled
from services.intake.conditions.facts import facts_for
from services.intake.conditions.plain_terms import plain_term
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence, Output, Scored

NUMBERS = st.sampled_from(["0.0", "0.2", "0.5", "1.0"])
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
COMPARED = st.one_of(
    st.tuples(st.sampled_from(["confidence", "margin", "entropy"]), SIGNS, NUMBERS),
    st.tuples(st.just("text_length"), SIGNS, st.sampled_from(["0", "2", "-1"])),
    st.tuples(
        st.sampled_from(["text", "language"]),
        st.sampled_from([".contains(", ".startsWith(", ".endsWith("]),
        st.sampled_from(["'i')", "'')", '"a")', "'ng')"]),
    )
    .map("".join)
    .map(lambda text: (text,)),
    st.tuples(st.sampled_from(["text", "language"]), SIGNS, st.sampled_from(["'id'", '"a"', "''"])),
).map(" ".join)
CONDITIONS = st.recursive(
    COMPARED | st.sampled_from(["refused", "truncated"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" && ", " || "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("!({})".format),
    ),
    max_leaves=6,
)
DOUBTS: tuple[Doubt | None, ...] = (None, None, "refusal", "unfinished")
OUTPUTS = st.builds(
    lambda text, language, scores, doubt: Output(
        format="f",
        text=text,
        language=language,
        labels=tuple(Scored(label=f"l{at}", score=score) for at, score in enumerate(scores)),
        confidence=Confidence(status="absent" if doubt else "ok", value=0.5, reason=doubt),
    ),
    st.sampled_from(["", "a", "id", "long"]),
    st.sampled_from([None, "id", "a"]),
    st.lists(st.sampled_from([0.0, 0.2, 0.5]), max_size=3),
    st.sampled_from(DOUBTS),
)


@settings(max_examples=300)
@given(CONDITIONS, OUTPUTS)
def test_a_plain_condition_is_what_the_library_makes_of_it(text: str, output: Output) -> None:
    condition = compiled(text, "choice")
    assert condition.plain is not None
    by_library = condition.computed(condition.values(output))
    here = condition.plain(output)
    assert here is (by_library if isinstance(by_library, bool) else None)
    assert condition.of(output) == (by_library if isinstance(by_library, bool) else MISSING)


@pytest.mark.parametrize(
    "text",
    [
        "size(labels) > 1",
        "text.contains(language)",
        "text.matches('a')",
        "answer == 'a' ? refused : true",
        "text_length + 1 > 2",
        "0.2 > margin",
        "margin < 2e-1",
        r"text == 'a\n'",
        "text == r'a'",
        "labels['a'] > 0.5",
        "language in ['id', 'en']",
        "refused == true",
        "margin < 0.2 // a comment",
    ],
)
def test_what_is_more_than_plain_is_left_to_the_library(text: str) -> None:
    compiled(text, "choice")
    assert plain_term(text, facts_for("choice")) is None


def test_signs_bind_as_in_cel() -> None:
    output = Output(format="f", text="a", confidence=Confidence(status="ok", value=0.5))
    for text, result in (
        ("text == 'a' || text == 'a' && refused", True),
        ("(text == 'a' || text == 'a') && refused", False),
        ("!refused && confidence == 0.5", True),
    ):
        term = plain_term(text, facts_for("choice"))
        assert term is not None
        assert term(output) is result
