"""What a task shows is kept small, and read back as it was."""

import base64
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router.state import PIECES, Content
from shared.contracts.events.asked import Asked, Candidate, Media
from shared.contracts.events.parts import Confidence, Output, OutputRef, Scored

TEXTS = st.text(st.characters(codec="utf-8"), max_size=2_000)
CONFIDENCES = st.one_of(
    st.just(Confidence(status="absent")),
    st.floats(0, 1).map(lambda value: Confidence(status="ok", value=value, scale="logprob")),
)
OUTPUTS = st.builds(
    Output,
    format=st.sampled_from(("openai.chat", "whisper.verbose_json")),
    text=st.none() | TEXTS,
    labels=st.lists(st.builds(Scored, label=TEXTS, score=st.floats(0, 1)), max_size=3).map(tuple),
    media=st.none() | st.builds(Media, data=TEXTS),
    confidence=CONFIDENCES,
    request=st.none() | TEXTS,
)
REFS = st.builds(OutputRef, source=TEXTS, id=TEXTS, correlation_id=st.none() | TEXTS)


@settings(max_examples=200, deadline=None)
@given(output=OUTPUTS, ref=REFS)
def test_what_is_shown_is_read_back_as_it_was(output: Output, ref: OutputRef) -> None:
    pieces = Content.packed(output, ref)
    content = Content.of(dict(reversed(list(pieces.items()))))

    assert content.output == output
    assert content.ref == ref


AN_OUTPUT = Output(
    format="sentuh.output",
    text="Dua anak bermain di tepi sungai.",
    answer="ya",
    confidence=Confidence(
        status="ok", value=0.61, scale="probability", source_path="$.confidence.value"
    ),
    model="reader",
    model_version="3",
)
A_REF = OutputRef(source="/models/reader", id="o-1", correlation_id="c-1")
KEPT = (
    "I8LDLqWJCol5idkKSalAhZl5CimZCiWpBZkKxaV56cBEgStAKhOJDRIzQ2qESVFqYgrQYsyQMcYeMnD14LDI1zXEFkTJ"
    "QOHaWAA="
)


def test_words_that_all_outputs_have_take_next_to_no_room() -> None:
    kept = Content.of(Content.packed(AN_OUTPUT, A_REF)).compressed.encode(errors="surrogateescape")

    assert 5 * len(kept) < 2 * len(AN_OUTPUT.model_dump_json(exclude_none=True))


@pytest.mark.parametrize("words", [10, 100, 1_000, 20_000])
def test_a_small_content_is_kept_in_small_pieces_and_a_large_one_in_one(words: int) -> None:
    """Of words that repeat nothing."""
    text = " ".join(blake2b(b"%d" % at, digest_size=4).hexdigest() for at in range(words))
    pieces = Content.packed(AN_OUTPUT.model_copy(update={"text": text}), A_REF)
    sizes = [len(piece.encode(errors="surrogateescape")) for piece in pieces.values()]

    assert set(pieces) <= set(PIECES)
    assert max(sizes) <= 64 or len(pieces) == 1
    assert (sum(sizes) <= 64 * len(PIECES)) is (max(sizes) <= 64)
    assert Content.of(pieces).output.text == text


ASKED = st.builds(
    Asked,
    candidates=st.lists(st.builds(Candidate, id=st.just("c1"), text=TEXTS), max_size=3).map(tuple),
    text=st.none() | TEXTS,
    draft=st.none() | TEXTS | st.dictionaries(TEXTS, TEXTS, max_size=3),
    not_for=st.lists(st.sampled_from(("w-1", "auth0|2")), max_size=2).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(output=OUTPUTS, ref=REFS, asked=ASKED)
def test_what_is_asked_about_is_read_back_as_it_was(
    output: Output, ref: OutputRef, asked: Asked
) -> None:
    content = Content.of(Content.packed(output, ref, asked))

    assert (content.output, content.ref, content.asked) == (output, ref, asked)


def test_a_draft_that_says_what_the_output_says_takes_little_room() -> None:
    """Even one of 20,000 characters, of words that repeat nothing."""
    words = [blake2b(b"%d" % at, digest_size=4).hexdigest() for at in range(2_200)]
    output = AN_OUTPUT.model_copy(update={"text": " ".join(words)})

    def size(asked: Asked | None) -> int:
        kept = Content.of(Content.packed(output, A_REF, asked)).compressed
        return len(kept.encode(errors="surrogateescape"))

    assert size(Asked(draft={"text": output.text})) < 1.2 * size(None)


def test_what_was_kept_under_this_form_is_read_for_ever() -> None:
    content = Content(base64.b64decode(KEPT).decode(errors="surrogateescape"))

    assert content.output == AN_OUTPUT
    assert content.ref == A_REF
    assert content.asked is None
