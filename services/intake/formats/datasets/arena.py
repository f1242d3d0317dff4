"""The format `arena.battle`: a row of an arena's data, where two models answered one prompt.

Either `{"prompt", "response_a", "response_b", "winner_model_a", "winner_model_b", "winner_tie"}`,
of which exactly one is 1 and whose texts may be lists of turns written as JSON, or
`{"conversation_a", "conversation_b", "winner"}` with `model_a`, `model_b`, `tie`, `tie (bothbad)`
or `both_bad`. The answers are candidates; the winner is the answer: a ranking, one shared place for
a tie, none of them where both are bad. Which models they are is left out. There is no confidence,
so people see every row. Source: the data sets lmsys/chatbot_arena_conversations,
lmarena-ai/arena-human-preference-55k and -140k.
"""

from collections.abc import Sequence

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import candidates
from services.intake.formats import payload as read_as
from services.intake.formats.datasets import turns
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.controls import has_controls
from shared.contracts.errors import Refused
from shared.contracts.events.asked import Candidate
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject, parse

_ONE_HOT = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
_CONVERSATIONS = {"conversation_a", "conversation_b"}
_BAD = ("tie (bothbad)", "both_bad", "bothbad")
_FIX = "send model_a, model_b, tie or both_bad"


def recognises(payload: JsonValue) -> bool:
    """Return whether two models' answers stand side by side here."""
    if not isinstance(payload, dict):
        return False
    return any(payload.keys() >= pair for pair in ({"response_a", "response_b"}, _CONVERSATIONS))


def read(envelope: Envelope) -> Output:
    """Return both answers as candidates and the winner as their ranking.

    Raises Refused for answers without text, two that are equal, and a winner that is none.
    """
    payload = read_as.an_object(envelope.payload, "$")
    prompt, texts = _conversations(payload) if "conversation_a" in payload else _responses(payload)
    both = candidates.of_texts(texts, "both answers")
    facts = PayloadFacts(
        confidence=read_as.ABSENT,
        candidates=candidates.unordered(both),
        answer=_ranking(_winner(payload), both),
        request=prompt,
    )
    return read_as.output("arena.battle", envelope, facts)


def _responses(payload: JsonObject) -> tuple[str | None, list[str]]:
    """Return what was asked and both answers, turn by turn where there are several turns."""
    names = ("response_a", "response_b")
    texts = [read_as.a_text(_turns(payload.get(name), name), f"$.{name}") for name in names]
    return turns.as_request(_turns(payload.get("prompt"), "prompt"), "$.prompt"), texts


def _turns(value: JsonValue, name: str) -> JsonValue:
    """Return the turns that a text holds as a JSON list, a blank line apart; else the value itself.

    Raises Refused for control characters, which JSON within JSON can hide.
    """
    listed = value
    if isinstance(value, str) and value.startswith("["):
        try:
            listed = parse(value.encode(errors="replace"))
        except Refused:
            return value
    if not isinstance(listed, list):
        return value
    text = "\n\n".join(one for one in listed if isinstance(one, str))
    if has_controls(text):
        raise read_as.bad(f"$.{name}: leave out its control characters")
    return text


def _conversations(payload: JsonObject) -> tuple[str | None, list[str]]:
    pair = [
        (f"$.{name}", read_as.a_list(payload.get(name), f"$.{name}"))
        for name in sorted(_CONVERSATIONS)
    ]
    shared = turns.shared_turns(pair[0][1], pair[1][1])
    asked = turns.as_request(pair[0][1][:shared], "$.conversation_a")
    return asked, [turns.as_answer(said[shared:], path) for path, said in pair]


def _winner(payload: JsonObject) -> JsonValue:
    """Return the winner's name; None where none is stated. Raises Refused if it is not one."""
    if "winner" in payload:
        return payload["winner"]
    stated = {name: payload.get(name) for name in _ONE_HOT if payload.get(name) is not None}
    if not stated:
        return None
    won = [name for name, value in stated.items() if value == 1]
    others = [value for name, value in stated.items() if name not in won]
    if len(won) != 1 or any(value != 0 for value in others):
        raise read_as.bad("$.winner_model_a: send 1 for exactly one of the three winners, else 0")
    return _ONE_HOT[won[0]]


def _ranking(winner: JsonValue, both: Sequence[Candidate]) -> JsonValue:
    if winner in (None, ""):
        return None
    first, second = (candidate.id for candidate in both)
    shared: list[JsonValue] = [*sorted((first, second))]
    if winner in _BAD:
        return {"none": True}
    places: dict[str, JsonValue] = {
        "model_a": [[first], [second]],
        "model_b": [[second], [first]],
        "tie": [shared],
    }
    if not isinstance(winner, str) or winner not in places:
        raise read_as.bad(f"$.winner: {_FIX}")
    return {"ranking": places[winner]}


FORMAT = Format(
    "arena.battle",
    recognises,
    read,
    marks=("response_a", "conversation_a"),
    programs="rows of chat arenas' data sets: two answers, and who won",
    confidence="none",
    example={
        "prompt": "Capital of France?",
        "response_a": "Paris.",
        "response_b": "Lyon.",
        "winner_model_a": 1,
        "winner_model_b": 0,
        "winner_tie": 0,
    },
)
