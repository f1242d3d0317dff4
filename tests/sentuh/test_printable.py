"""What a terminal would obey is not printed."""

from sentuh.printable import cleaned


def test_text_stays_and_what_moves_or_hides_it_does_not() -> None:
    assert cleaned("“ja” 字 é [bold]") == "“ja” 字 é [bold]"
    assert cleaned("\x1b[2Jred\r\n\u202eback\x9b1m") == "�[2Jred���back�1m"
