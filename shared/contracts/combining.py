"""Finds letters that carry more combining marks than any writing has.

Putting marks in order takes a time that grows with the square of their number, and every text is
put into Unicode's form NFC before it is compared: 16,000 marks would take half a second each time.
Source: Unicode Standard Annex #15, Stream-Safe Text Format.
"""

from unicodedata import combining

MARKS_MAX = 30
"""In a row, as in the Stream-Safe Text Format: real writing has fewer than ten."""
TOO_MANY = f"leave out marks that are piled on one letter: {MARKS_MAX} in a row are taken"


def has_pile(text: str) -> bool:
    """Return whether a text has more combining marks in a row than are taken."""
    if text.isascii():
        return False
    count = 0
    for letter in text:
        count = count + 1 if combining(letter) else 0
        if count > MARKS_MAX:
            return True
    return False
