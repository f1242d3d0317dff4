"""Which tokens are the answer's: laid beside its text, with thinking and marks left out."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.formats.chat.answer_tokens import of_answer
from shared.contracts.strictjson import JsonObject


def tokens(*texts: str) -> list[JsonObject]:
    """Tokens numbered from 0 in their `logprob`."""
    return [{"token": text, "logprob": -float(at)} for at, text in enumerate(texts)]


def answer_numbers(listed: list[JsonObject], content: str, thinking: str = "") -> list[int] | None:
    """The numbers of the answer's tokens."""
    answer = of_answer(listed, content, where="$", thinking=lambda: thinking)
    return None if answer is None else [-int(str(token["logprob"])[:-2]) for token in answer]


def test_tokens_that_make_the_text_are_all_the_answers() -> None:
    assert answer_numbers(tokens("Sun", "days", "."), "Sundays.") == [0, 1, 2]


def test_blanks_that_servers_leave_out_make_no_difference() -> None:
    assert answer_numbers(tokens("Closed", "on", "Sundays"), "Closed on Sundays") == [0, 1, 2]
    assert answer_numbers(tokens(" Closed", " on", "\n"), "Closed on") == [0, 1, 2]
    assert answer_numbers(tokens("\u2581Closed", "\u2581on"), "Closed on") == [0, 1]
    assert answer_numbers(tokens("Closed", "\u0120on", "\u010a"), "Closed on\n") == [0, 1, 2]


def test_end_marks_are_no_tokens_of_the_answer() -> None:
    assert answer_numbers(tokens("Yes", ""), "Yes") == [0]
    assert answer_numbers(tokens("Yes", "<|im_end|>"), "Yes") == [0]
    assert answer_numbers(tokens("Yes", "</s>", ""), "Yes") == [0]
    assert answer_numbers(tokens("Yes", "\n", "<end_of_turn>", "\n"), "Yes") in ([0], [0, 1])


def test_tag_that_is_the_answers_own_counts() -> None:
    assert answer_numbers(tokens("a", "<br>"), "a<br>") == [0, 1]
    assert answer_numbers(tokens("a", " <br>", "<|eot_id|>"), "a <br>") == [0, 1]


def test_thinking_before_the_answer_is_left_out() -> None:
    assert answer_numbers(tokens("so", " be", " it", "Yes"), "Yes", "so be it") == [3]
    assert answer_numbers(tokens("<think>", "so", "</think>", "\n\n", "Yes"), "Yes", "so") == [4]
    assert answer_numbers(tokens("<think>", "so", "</think>", "Y", "es", "<|im_end|>"), "Yes") == [
        3,
        4,
    ]
    harmony = ("<|channel|>", "analysis", "<|message|>", "so", "<|end|>", "<|start|>", "assistant")
    final = ("<|channel|>", "final", "<|message|>", "Yes", "<|return|>")
    assert answer_numbers(tokens(*harmony, *final), "Yes", "so") == [10]


def test_thinking_between_marks_of_any_vocabulary_is_left_out() -> None:
    seed = tokens("<seed:think>", "so", "</seed:think>", "Yes")
    assert answer_numbers(seed, "Yes", "so") == answer_numbers(seed, "Yes") == [3]
    other = tokens("<a>", "so", "<b>", "<c>", "Yes", "<d>")
    assert answer_numbers(other, "Yes", "so") == [4]
    assert answer_numbers(other, "Yes") is None


def test_text_at_which_the_server_stopped_is_no_token_of_the_answer() -> None:
    def until(stop: object, *texts: str) -> int | None:
        answer = of_answer(tokens(*texts), "Sundays.", where="$", thinking=str, stop=stop)
        return None if answer is None else len(answer)

    assert until("###", "Sun", "days.", "###") == 2
    assert until("###", "Sun", "days", ".##", "#") == 3
    assert until("\n\nUser:", "Sun", "days.\n", "\nUser", ":") == 2
    assert until("\n\n", "Sundays.", "\n\nUser") == 1
    assert until("###", "Sun", "days.", "###", " no") == 2
    assert until("##", "Sun", "days.", "###") is None
    assert until(151645, "Sun", "days.", "###") is None
    assert until("", "Sun", "days.", "###") is None
    assert until("Sun", "Sun", "days.") == 2


def test_end_marks_and_blanks_of_other_vocabularies_make_no_difference() -> None:
    for mark in ("[|endofturn|]", "[e~[", "[EOS]", "<\uff5cend\u2581of\u2581sentence\uff5c>"):
        assert answer_numbers(tokens("Yes", mark), "Yes") == [0]
    assert answer_numbers(tokens("\u0120", "urnata", "<|im_end|>"), "\u0120urnata") == [0, 1]
    assert answer_numbers(tokens("\u3000\u662f", "\u00a0"), "\u662f") == [0, 1]
    assert answer_numbers(tokens("caf", "<0xC3>", "<0xA9>"), "caf\u00e9") == [0, 1, 2]
    assert answer_numbers(tokens("<0xZZ>", "</s>"), "<0xZZ>") == [0]


def test_what_cannot_be_told_apart_is_none() -> None:
    assert answer_numbers(tokens("so", " Yes"), "Yes") is None
    assert answer_numbers(tokens("so", " I", " say", " Yes"), "Yes", "so I say Yes") is None
    assert answer_numbers(tokens("so", "Y", "es"), "No", "so") is None
    assert answer_numbers(tokens("Sundays"), "Sundays and") is None
    assert answer_numbers(tokens("</think>Yes"), "Yes") is None
    assert answer_numbers(tokens("token_id:123", "token_id:9"), "Yes") is None
    assert answer_numbers([], "Yes") is None
    assert answer_numbers(tokens("", ""), "Yes") is None


def test_characters_split_between_tokens_are_joined_by_their_bytes() -> None:
    whole = "\u0e44\u0e17\u0e22".encode()
    split: list[JsonObject] = [
        {"token": "\ufffd", "bytes": list(part), "logprob": -float(at)}
        for at, part in enumerate((whole[:2], whole[2:5], whole[5:]))
    ]
    assert answer_numbers(split, "\u0e44\u0e17\u0e22") == [0, 1, 2]


def test_replaced_characters_stand_for_letters_beyond_ascii_only() -> None:
    assert answer_numbers(tokens("caf", "\ufffd", "\ufffd"), "caf\u00e9") == [0, 1, 2]
    either = tokens("\ufffd", "\ufffd", " or ", "\ufffd", " ok")
    assert answer_numbers(either, "\u00e9 or \u00e8 ok") == [0, 1, 2, 3, 4]
    assert answer_numbers(tokens("caf", "\ufffd"), "cafe") is None
    assert answer_numbers(tokens("caf", "\ufffd"), "caf") is None
    assert answer_numbers(tokens("\ufffd", "b"), "\u00e9c") is None
    assert answer_numbers(tokens("\ufffd"), "\u4e0d\u662f\u8fd9\u6837") is None
    assert answer_numbers(tokens("\ufffd", "\ufffd", "!"), "\u4e0d\u662f\u8fd9!") is None
    assert answer_numbers(tokens("\ufffd", "\ufffd", "!"), "\U0001f600!") == [0, 1, 2]


@given(st.lists(st.text(max_size=6), min_size=1, max_size=8))
def test_any_text_cut_into_tokens_is_found_again(texts: list[str]) -> None:
    content = "".join(texts)
    answer = of_answer(tokens(*texts), content, where="$", thinking=str)
    assert answer is not None
    assert "".join(str(token["token"]) for token in answer) == content


@given(st.lists(st.text(max_size=4), max_size=6), st.text(max_size=8), st.text(max_size=8))
def test_anything_is_a_part_of_the_tokens_or_none(
    texts: list[str], content: str, thinking: str
) -> None:
    listed = tokens(*texts)
    answer = of_answer(listed, content, where="$", thinking=lambda: thinking)
    assert answer is None or all(token in listed for token in answer)
