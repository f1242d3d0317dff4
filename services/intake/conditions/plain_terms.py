"""Computes plain conditions without the library, which takes ten times as long for them.

Plain is what compares facts with literals, joined by `&&`, `||`, `!` and brackets, as most
conditions do: `margin < 0.2 && language == "id"`. Such a condition was compiled and checked by the
library before. Where a fact is missing it cannot be computed, there as here; but `false && missing`
is false and `true || missing` is true, as CEL has it.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.intake.conditions.facts import Fact
from shared.contracts.events.parts import Output

Term = Callable[[Output], bool | None]
"""Returns what a condition is for an output; None where a fact that it needs is missing."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>&&|\|\||!(?!=)|[()])
    |(?P<compare><=|>=|==|!=|<|>)
    |(?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    |(?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<method>\.(?:contains|startsWith|endsWith)\()
    |(?P<name>[A-Za-z_]\w*(?!\w|\[|\()))""",
    re.VERBOSE,
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_METHODS: Mapping[str, Callable[[Any, Any], bool]] = {
    ".contains(": operator.contains,
    ".startsWith(": str.startswith,
    ".endsWith(": str.endswith,
}
_PLAIN_TYPES = frozenset({"double", "int", "string"})
Token = tuple[str, str]
"""What a token is, and how it is written."""


class _NotPlainError(Exception):
    """The condition holds more than facts, literals and signs."""


def plain_term(text: str, facts: Mapping[str, Fact]) -> Term | None:
    """Return what computes a plain condition; None for any other, which the library computes.

    Example: `margin < 0.2` is plain, `size(labels) > 1` is not.
    """
    try:
        return _Parser(_tokens(text), facts).whole()
    except _NotPlainError:
        return None


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _NotPlainError
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


class _Parser:
    """Reads tokens from left to right; `&&` binds more than `||`, as in CEL."""

    def __init__(self, tokens: Sequence[Token], facts: Mapping[str, Fact]) -> None:
        self._tokens, self._facts, self._at = tokens, facts, 0

    def whole(self) -> Term:
        term = self._either()
        if self._at < len(self._tokens):
            raise _NotPlainError
        return term

    def _either(self) -> Term:
        terms = [self._both()]
        while self._takes("||"):
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else _joined(terms, ends_at=True)

    def _both(self) -> Term:
        terms = [self._one()]
        while self._takes("&&"):
            terms.append(self._one())
        return terms[0] if len(terms) == 1 else _joined(terms, ends_at=False)

    def _one(self) -> Term:
        if self._takes("!"):
            return _inverse(self._one())
        if self._takes("("):
            term = self._either()
            if not self._takes(")"):
                raise _NotPlainError
            return term
        return self._comparison()

    def _comparison(self) -> Term:
        fact = self._facts.get(self._next("name"))
        if fact is not None and fact.type == "bool":
            return fact.of  # type: ignore[return-value]  # a fact of this type is a truth value
        if fact is None or fact.type not in _PLAIN_TYPES:
            raise _NotPlainError
        if fact.type == "string" and self._is_next("method"):
            return self._method(fact)
        compare = _COMPARE[self._next("compare")]
        if fact.type == "string":
            return _compared(fact, compare, self._next("text")[1:-1])
        number = self._next("number")
        return _compared(fact, compare, int(number) if fact.type == "int" else float(number))

    def _method(self, fact: Fact) -> Term:
        method = _METHODS[self._next("method")]
        literal = self._next("text")[1:-1]
        if not self._takes(")"):
            raise _NotPlainError
        return _compared(fact, method, literal)

    def _is_next(self, group: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] == group

    def _takes(self, sign: str) -> bool:
        taken = self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign)
        self._at += taken
        return taken

    def _next(self, group: str) -> str:
        if not self._is_next(group):
            raise _NotPlainError
        self._at += 1
        return self._tokens[self._at - 1][1]


def _joined(terms: Sequence[Term], *, ends_at: bool) -> Term:
    """Return the terms joined by `||`, which ends at a true one, or by `&&`, at a false one."""

    def joined(output: Output) -> bool | None:
        result: bool | None = not ends_at
        for term in terms:
            one = term(output)
            if one is ends_at:
                return ends_at
            if one is None:
                result = None
        return result

    return joined


def _inverse(term: Term) -> Term:
    def inverse(output: Output) -> bool | None:
        one = term(output)
        return None if one is None else not one

    return inverse


def _compared(fact: Fact, compare: Callable[[Any, Any], bool], literal: float | str) -> Term:
    of = fact.of

    def compared(output: Output) -> bool | None:
        value = of(output)
        return None if value is None else compare(value, literal)

    return compared
