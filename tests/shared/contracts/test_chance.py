"""The number that a text gives: the first bits of its SHA-256, evenly spread."""

from shared.contracts.chance import hash_of_text


def test_it_is_the_beginning_of_the_standards_own_example() -> None:
    assert hash_of_text("abc", 64) == 0xBA7816BF8F01CFEA
    assert hash_of_text("abc", 12) == 0xBA7


def test_a_share_of_all_texts_is_below_that_share_of_all_numbers() -> None:
    below = sum(hash_of_text(f"t-{number}", 20) < 0.1 * 2**20 for number in range(5000))

    assert 420 < below < 580
