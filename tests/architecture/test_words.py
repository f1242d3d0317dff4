"""The project speaks only of itself: no path of one machine, no ticket, no private index."""

import re

import pytest

from tests.architecture.source import text_files

FORBIDDEN = {
    re.compile(r"(?<![\w.])/(?:home|root|Users|work(?:spaces?)?)/"): "a path of one machine",
    re.compile(r"\b[iI]ssue #?\d|\b[tT]icket #?\d"): "a number only one tracker knows",
    re.compile(r"--(?:extra-)?index-url |--find-links |--trusted-host "): "a package index",
    re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b"): "a promise: do it, or leave it out",
}
ALLOWED_IN = {
    # These speak about such words.
    "tests/architecture/test_words.py": set(FORBIDDEN.values()),
}


def wrong_words(path: str, text: str) -> list[str]:
    """Each line that speaks of something outside the project."""
    allowed = ALLOWED_IN.get(path, set())
    return [
        f"{path}:{number}: {what}: say it without ({line.strip()[:80]})"
        for pattern, what in FORBIDDEN.items()
        if what not in allowed
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_speaks_of_one_machine() -> None:
    wrong = [line for path, text in text_files() for line in wrong_words(path, text)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    ["see /home/me/notes", "fixes issue #12", "pip install --find-links wheels x", "# TODO later"],
)
def test_a_word_from_outside_is_caught(text: str) -> None:
    assert wrong_words("README.md", f"fine\n{text}\n")[0].startswith("README.md:2:")


def test_ordinary_words_are_left_alone() -> None:
    assert not wrong_words("x.md", "https://host/home/page, ./home/page, an issue of style\n")
