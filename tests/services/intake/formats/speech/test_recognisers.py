"""Speech recognisers' formats: what is doubted and what is refused beyond their own outputs."""

import pytest
from pydantic import JsonValue

from services.intake.formats import FORMATS, choose
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.judged import AUDIO, Case, payload_of
from tests.services.intake.formats.speech.test_outputs import CASES

READ = [case for case in CASES if case.refused is None]


def read(name: str, payload: JsonValue, *, language: str | None = None) -> Output:
    envelope = an_envelope(payload, media=AUDIO)._replace(language=language)
    return FORMATS[name].read(envelope)


def a_token(text: str, p: JsonValue = 0.5) -> JsonValue:
    return {"text": text, "p": p, "id": 1}


def of_cpp(*tokens: JsonValue, text: str = " send it") -> JsonValue:
    offsets: JsonValue = {"from": 0, "to": 900}
    return {"transcription": [{"text": text, "offsets": offsets, "tokens": list(tokens)}]}


def of_vosk(*confidences: JsonValue) -> JsonValue:
    words: list[JsonValue] = [
        {"conf": conf, "start": 0.1, "end": 0.2, "word": "send"} for conf in confidences
    ]
    return {"result": words, "text": " ".join(["send"] * len(words))}


def of_google(*confidences: JsonValue) -> JsonValue:
    return {
        "results": [
            {"alternatives": [{"transcript": "send it", "confidence": confidence}]}
            for confidence in confidences
        ]
    }


def of_transcribe(*confidences: JsonValue, status: str = "COMPLETED") -> JsonValue:
    items: list[JsonValue] = [
        {"type": "pronunciation", "alternatives": [{"content": "send", "confidence": confidence}]}
        for confidence in confidences
    ]
    text = " ".join(["Send"] * len(items))
    return {"status": status, "results": {"transcripts": [{"transcript": text}], "items": items}}


def of_openai(*tokens: tuple[str, JsonValue], text: str = "send it") -> JsonValue:
    return {
        "text": text,
        "logprobs": [{"token": token, "logprob": logprob} for token, logprob in tokens],
    }


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_transcript_without_its_recording_is_refused(case: Case) -> None:
    payload = payload_of(case.name)
    with pytest.raises(Refused, match="a transcript needs its recording") as caught:
        choose(case.declared, payload).read(an_envelope(payload))
    assert caught.value.reason is Reason.MISSING


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("whisper.cpp", of_cpp(a_token("[_BEG_]")), "not_stated"),
        ("whisper.cpp", of_cpp(a_token(" send"), a_token(" it", None)), "not_stated"),
        ("whisper.cpp", of_cpp(a_token(" send"), a_token(" it", 0), text=" send"), "other_tokens"),
        ("whisper.cpp", of_cpp(a_token(" send", 0), a_token(" it", 0)), "placeholder"),
        ("whisper.cpp", of_cpp(a_token(" send it", 1.5)), "off_scale"),
        ("whisper.cpp", of_cpp(a_token(" send it", "NaN")), "off_scale"),
        ("whisper.cpp", of_cpp(a_token("[BLANK_AUDIO]", 0.98), text=" [BLANK_AUDIO]"), "no_speech"),
        ("vosk", of_vosk(0.5, None), "not_stated"),
        ("vosk", of_vosk(0.0, 0.0), "placeholder"),
        ("vosk", of_vosk(80, 91), "off_scale"),
        ("vosk", {**dict(of_vosk(0.5)), "text": "send it"}, "other_tokens"),  # type: ignore[arg-type]
        ("google.speech", of_google(0.9, 0.0), "placeholder"),
        ("google.speech", of_google(0.9, None), "placeholder"),
        ("google.speech", of_google(90), "off_scale"),
        ("amazon.transcribe", of_transcribe("0.0"), "placeholder"),
        ("amazon.transcribe", of_transcribe("99.1"), "off_scale"),
        ("amazon.transcribe", of_transcribe("nan"), "off_scale"),
        ("amazon.transcribe", of_transcribe(None), "not_stated"),
        ("openai.transcription", of_openai(("send", -0.1)), "other_tokens"),
        ("openai.transcription", of_openai(("send", -9999.0), (" it", -0.1)), "placeholder"),
        ("openai.transcription", of_openai(("send", 0.5), (" it", -0.1)), "off_scale"),
        ("openai.transcription", of_openai(("send", None), (" it", -0.1)), "not_stated"),
        ("openai.transcription", of_openai(text="no " * 40), "repeats"),
    ],
)
def test_number_that_cannot_count_sends_it_to_people(
    name: str, payload: JsonValue, reason: str
) -> None:
    confidence = read(name, payload).confidence
    assert (confidence.value, confidence.reason) == (None, reason)


def test_marks_of_begin_time_and_end_are_no_words() -> None:
    marked = of_cpp(a_token("[_BEG_]", 0.01), a_token(" send it", 0.5), a_token("[_TT_50]", 0.01))
    assert read("whisper.cpp", marked).confidence.value == pytest.approx(0.5)
    ended = of_openai(("send it", 0.0), ("<|endoftext|>", -9.0))
    assert read("openai.transcription", ended).confidence.value == pytest.approx(1.0)


def test_character_of_several_tokens_is_no_other_word() -> None:
    pieces = of_cpp(a_token(" \ufffd", 0.5), a_token("\ufffd", 0.5), text=" \u304a")
    assert read("whisper.cpp", pieces).confidence.value == pytest.approx(0.5)


IN_THAI: JsonValue = {
    "results": [
        {
            "alternatives": [{"transcript": "pagi", "confidence": 0.9}],
            "languageCode": "th-TH",
        }
    ]
}
IN_THAI_BY_CPP: JsonValue = {
    **dict(of_cpp(a_token(" send it"))),  # type: ignore[arg-type]
    "result": {"language": "th"},
}


@pytest.mark.parametrize(
    ("name", "payload"), [("google.speech", IN_THAI), ("whisper.cpp", IN_THAI_BY_CPP)]
)
def test_another_language_than_the_envelope_says_goes_to_people(
    name: str, payload: JsonValue
) -> None:
    assert read(name, payload, language="id").confidence.reason == "language"
    assert read(name, payload, language="th").confidence.reason is None


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("faster-whisper.segments", {"segments": {}, "info": {}}),
        ("faster-whisper.segments", ["x"]),
        ("faster-whisper.segments", {"segments": [{"text": "a"}], "info": "x"}),
        ("whisper.cpp", {"transcription": "x"}),
        ("whisper.cpp", of_cpp("x")),
        ("vosk", {"text": 3}),
        ("vosk", {"text": "a", "result": {}}),
        ("vosk", [{"text": "a"}, 3]),
        ("pocketsphinx", {"t": "a", "w": None}),
        ("pocketsphinx", {"t": ["a"], "w": []}),
        ("google.speech", {"results": [3]}),
        ("google.speech", {"results": [{"alternatives": [{"transcript": 3}]}]}),
        ("google.speech", of_google("0.9")),
        ("deepgram", {"results": {"channels": {}}}),
        ("deepgram", {"results": [1]}),
        ("amazon.transcribe", {"results": {"transcripts": [{"transcript": "a"}] * 2, "items": []}}),
        ("amazon.transcribe", of_transcribe("high")),
        ("amazon.transcribe", of_transcribe("0.9", status="IN_PROGRESS")),
        ("openai.transcription", {"text": None, "logprobs": []}),
        ("openai.transcription", {"text": "a", "logprobs": [1]}),
    ],
)
def test_declared_but_unreadable_is_bad_output(name: str, payload: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        read(name, payload)
    assert caught.value.reason is Reason.BAD_OUTPUT
