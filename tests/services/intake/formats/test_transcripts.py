"""Transcripts as Whisper's kin write them: WhisperX, silence, marks, odd times, other languages."""

import math

import pytest
from pydantic import JsonValue

from services.intake.formats import choose
from services.intake.formats.speech.whisper_verbose_json import read
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.test_whisper_verbose_json import AUDIO, a_segment, a_transcript


def transcript(*segments: JsonValue, **fields: JsonValue) -> Output:
    return read(an_envelope(a_transcript(*segments, **fields), media=AUDIO))


def confidence_of(*segments: JsonValue, **fields: JsonValue) -> Confidence:
    return transcript(*segments, **fields).confidence


SURE = math.exp(-0.2)


def test_inverted_segment_weighs_nothing() -> None:
    inverted = a_segment(start=60.0, end=59.98, avg_logprob=-3.0)
    confidence = confidence_of(a_segment(start=0, end=4), inverted, duration=61.2)
    assert confidence.value == pytest.approx(SURE)


@pytest.mark.parametrize(
    "odd",
    [
        {"start": 2.0, "end": 1.0},
        {"start": 5.0, "end": 10.0},
        {"start": 4.0, "end": 4.5},
        {"start": 1e308, "end": 1e308},
        {"start": 3.0, "end": -1e308},
        {"start": 10**400, "end": 10**400},
    ],
)
def test_segment_outside_of_the_recording_weighs_nothing(odd: dict[str, JsonValue]) -> None:
    confidence = confidence_of(a_segment(), a_segment(avg_logprob=-3.0, **odd))
    assert confidence.value == pytest.approx(SURE)


def test_segment_of_more_than_a_day_weighs_nothing_where_no_duration_is_stated() -> None:
    endless = a_segment(end=1e9, avg_logprob=-3.0)
    confidence = confidence_of(a_segment(), endless, duration=None)
    assert confidence.value == pytest.approx(SURE)


def test_weight_is_no_longer_than_the_recording() -> None:
    over = a_segment(start=3.0, end=30.0, avg_logprob=-1.0)
    confidence = confidence_of(a_segment(start=0, end=3), over)
    assert confidence.value == pytest.approx((3 * SURE + math.exp(-1.0)) / 4)


@pytest.mark.parametrize("duration", ["4.0", 4, 4.0, None, "", "long", 0, -1, "nan", True, [], {}])
def test_duration_is_read_if_it_is_one(duration: JsonValue) -> None:
    assert confidence_of(a_segment(end=1.0), duration=duration).value == pytest.approx(SURE)


@pytest.mark.parametrize(
    "segments",
    [
        [a_segment(end=-1)],
        [a_segment(start=5.0, end=10.0)],
        [a_segment(), a_segment(start=9, end=2), a_segment(start=10, end=15)],
        [a_segment(), *(a_segment(start=at, end=at + 5) for at in (5, 10, 15, 20))],
    ],
)
def test_transcript_most_of_which_lies_nowhere_goes_to_people(segments: list[JsonValue]) -> None:
    confidence = confidence_of(*segments)
    assert (confidence.status, confidence.reason) == ("sentinel", "off_scale")


@pytest.mark.parametrize("logprob", [0.2, 0.002, 10**400])
def test_positive_log_probability_costs_the_confidence(logprob: JsonValue) -> None:
    confidence = confidence_of(a_segment(), a_segment(avg_logprob=logprob))
    assert (confidence.status, confidence.reason) == ("sentinel", "off_scale")


def test_log_probability_a_hair_above_zero_is_zero() -> None:
    confidence = confidence_of(a_segment(avg_logprob=0.0009765625), a_segment(avg_logprob=-0.2))
    assert confidence.value == pytest.approx((1 + SURE) / 2)


@pytest.mark.parametrize("language", [0.49, 0.305, 0.0, -1, 0])
def test_language_that_was_guessed_goes_to_people(language: JsonValue) -> None:
    confidence = confidence_of(a_segment(avg_logprob=-0.001), language_probability=language)
    assert (confidence.status, confidence.reason, confidence.value) == ("absent", "language", None)
    assert "language_probability is" in (confidence.detail or "")


@pytest.mark.parametrize(
    ("language", "value"), [(0.5, 0.5), (0.7, 0.7), (0.99, SURE), (1, SURE), (None, SURE)]
)
def test_transcript_is_no_surer_than_its_language(language: JsonValue, value: float) -> None:
    confidence = confidence_of(a_segment(), language_probability=language)
    assert confidence.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ([{"word": " You", "probability": 0.06}], 0.06),
        ([{"word": " a", "probability": 0.2}, {"word": " b", "probability": 0.6}], 0.4),
        ([{"word": " a", "probability": 0.99}], SURE),
        ([{"word": "12."}], SURE),
        ([{"word": " a", "score": 0.1}], SURE),
        ([{"word": " a", "probability": -1}], 0.0),
        (None, SURE),
        ("x", SURE),
        (["x"], SURE),
    ],
)
def test_segment_is_no_surer_than_its_words(words: JsonValue, value: float) -> None:
    assert confidence_of(a_segment(words=words)).value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "[BLANK_AUDIO]", " [BLANK_AUDIO] [BLANK_AUDIO]", "(silence)", "*coughs*", "\u266a",
        "\u266a la la \u266a", " ... ... ...", "\uff08\u97f3\u697d\uff09", "[Music] (applause).",
        "\u3010\u7121\u97f3\u3011", "[inaudible", "\u2026",
    ],
)  # fmt: skip
def test_transcript_of_nothing_but_marks_is_asked_about(text: str) -> None:
    output = transcript(a_segment(avg_logprob=-0.02), text=text)
    assert output.text == text
    assert (output.confidence.status, output.confidence.reason) == ("absent", "no_speech")


@pytest.mark.parametrize(
    "text", ["[Music] Good morning.", "12", "(quietly) yes", "\u0e44\u0e17\u0e22", "OK [laughs]"]
)
def test_transcript_with_words_beside_marks_keeps_its_confidence(text: str) -> None:
    assert confidence_of(a_segment(text=text), text=text).status == "ok"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        (" ", []),
        ("", [a_segment(text="")]),
        (None, [a_segment(text=" ")]),
        ("\n", [a_segment(text=None)]),
    ],
)
def test_nothing_heard_is_refused_in_words_that_fit(
    text: JsonValue, segments: list[JsonValue]
) -> None:
    with pytest.raises(Refused) as caught:
        transcript(text=text, segments=segments)
    assert caught.value.reason is Reason.EMPTY_PAYLOAD
    assert "heard no speech, so there is nothing to ask about" in caught.value.detail


WHISPERX: JsonValue = {
    "segments": [
        {
            "start": 0.1,
            "end": 2.4,
            "text": " Good morning, room 12.",
            "avg_logprob": -0.21,
            "words": [{"word": "Good", "start": 0.1, "end": 0.4, "score": 0.81}, {"word": "12."}],
        }
    ],
    "word_segments": [{"word": "Good", "start": 0.1, "end": 0.4, "score": 0.81}],
    "language": "en",
}


def test_whisperx_is_recognised_and_its_text_is_that_of_its_segments() -> None:
    assert choose(None, WHISPERX).name == "whisper.verbose_json"
    output = read(an_envelope(WHISPERX, media=AUDIO))
    assert output.text == "Good morning, room 12."
    assert output.language == "en"
    assert output.confidence.value == pytest.approx(math.exp(-0.21))


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        ([" One.", " Two."], "One. Two."),
        (["One.", "Two."], "One. Two."),
        ([" \u0e44\u0e17\u0e22", "\u0e14\u0e35"], "\u0e44\u0e17\u0e22\u0e14\u0e35"),
        (["Hello", None, ""], "Hello "),
        ([" Only."], "Only."),
    ],
)
@pytest.mark.parametrize("missing", [{}, {"text": None}, {"text": ""}])
def test_text_of_the_segments_stands_for_one_that_is_missing(
    missing: dict[str, JsonValue], texts: list[JsonValue], joined: str
) -> None:
    segments: JsonValue = [{"start": 0.0, "end": 1.0, "text": text} for text in texts]
    output = read(an_envelope({"segments": segments, **missing}, media=AUDIO))
    assert output.text == joined.strip()
    assert output.confidence.reason == "not_stated"


@pytest.mark.parametrize(
    "payload",
    [
        {"segments": [{"start": 0.0, "end": 1.0}]},
        {"segments": [{"start": 0.0, "end": 1.0, "speaker": "A"}]},
        {"segments": []},
        {"word_segments": [{"word": "a", "start": 0, "end": 1}]},
        {"segments": [{"text": "a"}]},
    ],
)
def test_times_without_text_are_no_transcript(payload: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        choose(None, payload)
    assert caught.value.reason is Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize(
    ("stated", "heard", "reason"),
    [
        ("id", "th", "language"), ("id-ID", "th", "language"), ("pt_BR", "es", "language"),
        ("en-US", "en", None), ("EN", "en", None), ("nb", "no", None), ("id", "in", None),
        ("en", "english", None), ("en", "eng", None), ("English", "en", None),
        ("en", "klingon", None), ("en", "Indonesian", "language"), ("en", "ind", "language"),
        ("en", None, None), ("lang:id", "th", None),
    ],
)  # fmt: skip
def test_transcript_in_another_language_than_the_envelope_names_goes_to_people(
    stated: str, heard: JsonValue, reason: str | None
) -> None:
    envelope = an_envelope(a_transcript(a_segment(), language=heard), media=AUDIO)
    assert read(envelope._replace(language=stated)).confidence.reason == reason


def test_transcript_that_goes_round_without_a_compression_ratio_is_never_waived() -> None:
    looping = a_segment(compression_ratio=None, no_speech_prob=None)
    confidence = confidence_of(looping, text="Thank you. " * 40)
    assert (confidence.status, confidence.reason) == ("absent", "repeats")


def test_percents_are_no_probabilities_of_a_language_or_of_words() -> None:
    assert confidence_of(a_segment(), language_probability=45).reason == "off_scale"
    assert confidence_of(a_segment(), language_probability=1.0004).status == "ok"
    words: JsonValue = [{"word": "a", "probability": 60}]
    assert confidence_of(a_segment(words=words)).value == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Closed. Call the other clinic.", [" Closed."]),
        ("Closed.", [" Closed.", " Call the other clinic."]),
        ("Open.", [" Closed."]),
        ("Closed.", [""]),
    ],
)
def test_segments_of_another_text_are_no_confidence_of_it(text: str, parts: list[str]) -> None:
    output = transcript(*(a_segment(text=part, avg_logprob=-0.01) for part in parts), text=text)
    assert output.text == text
    assert (output.confidence.status, output.confidence.reason) == ("absent", "other_tokens")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello world.", [" Hel lo", " world."]),
        (" Hello,\n world", ["Hello", "World."]),
        ("Hello.", [None, " Hello."]),
        ("Hello.", [None]),
    ],
)
def test_blanks_marks_and_case_make_no_other_text(text: str, parts: list[JsonValue]) -> None:
    confidence = confidence_of(*(a_segment(text=part) for part in parts), text=text)
    assert confidence.status == "ok"


@pytest.mark.parametrize(
    "odd", [{"compression_ratio": "NaN"}, {"words": [{"probability": "NaN"}, {"probability": 1}]}]
)
def test_sign_that_is_no_number_is_a_bad_one(odd: dict[str, JsonValue]) -> None:
    assert confidence_of(a_segment(avg_logprob=-0.01, **odd)).value == 0


@pytest.mark.parametrize("sure", ["NaN", "Infinity"])
def test_language_of_which_no_number_says_how_sure_goes_to_people(sure: JsonValue) -> None:
    assert confidence_of(a_segment(), language_probability=sure).reason == "language"


@pytest.mark.parametrize("odd", [{"start": "NaN"}, {"end": "NaN"}])
def test_segment_at_no_time_weighs_nothing(odd: dict[str, JsonValue]) -> None:
    confidence = confidence_of(a_segment(), a_segment(avg_logprob=-3.0, **odd))
    assert confidence.value == pytest.approx(SURE)
