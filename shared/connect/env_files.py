"""Names what was left in a setting by a file of settings that its reader takes word for word.

A shell removes quotes, comments and `export` from a line such as `export NAME="value" # why`.
`docker run --env-file`, systemd and others keep some of them as a part of name or value.
"""

import re
from collections.abc import Callable, Iterable, Mapping

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "\u2018": "\u2019", "«": "»"}
_NOT_OF_NAME = "\ufeff\u200b \t\r"
_COMMENT = re.compile(r"\s#(\s|$)")
_NOT_EXPANDED = re.compile(r"\$\{[^}]*\}|\$\(.*\)|%\(.*\)s|\{\{.*\}\}|<[^<>]+>")
_BLANKS = " \t\u00a0\ufeff\u200b"
_FILE_TIP = "or, where it belongs to the secret, give that in the file that {name}_FILE names"
_EXPORT = "export "


def leftovers(
    names: Iterable[str], environ: Mapping[str, str], secrets: Iterable[str] = ()
) -> dict[str, str]:
    """Return a line with the fix for each setting whose value holds what its file left in it.

    `names` are settings; of `secrets` among them a comment is not looked for, as a password may
    hold ` # `. A value is never quoted. Example: `SENTUH_REDIS_URL='"redis://r:6379"'` gives "the
    quotes are part of the value: remove them".
    """
    wanted, kept = set(names), frozenset(secrets)
    lines: dict[str, str] = {}
    for name, value in environ.items():
        if (upper := name.upper()) in wanted and (fault := _fault(value, secret=upper in kept)):
            tip = f", {_FILE_TIP.format(name=upper)}" if upper in kept else ""
            lines[upper] = f"{upper}: {fault}{tip}"
    return lines


def misnamed(names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return a line with the fix for each variable whose name is a setting's and something more.

    Example: the variable `export SENTUH_ENV`, as a reader makes it that keeps `export `.
    """
    wanted = set(names)
    lines: dict[str, str] = {}
    for name in environ:
        bare = name.strip(_NOT_OF_NAME).removeprefix(_EXPORT).strip(_NOT_OF_NAME)
        if bare != name and bare in wanted:
            fault = f"{_EXPORT.strip()} is" if _EXPORT in name else "blanks or hidden signs are"
            lines[name] = f"{bare}: {fault} part of the name where it is set: write {bare}=VALUE"
    return lines


def _fault(value: str, *, secret: bool) -> str:
    """Return what a file left in a value, with the fix; "" if there is nothing of the kind."""
    faults = _OF_ANY if secret else (*_OF_ANY, *_OF_PLAIN)
    return next((words for is_so, words in faults if is_so(value)), "")


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and _QUOTES.get(value[0]) == value[-1]


def _has_a_quote(value: str) -> bool:
    return value[:1] in _QUOTES or value[-1:] in _QUOTES.values()


_OF_ANY: tuple[tuple[Callable[[str], object], str], ...] = (
    (
        lambda value: "\r" in value,
        "a carriage return is part of the value: save the file with line ends of Unix",
    ),
    (
        lambda value: value != value.strip(_BLANKS),
        "blanks around it are part of the value: remove them",
    ),
    (_is_quoted, "the quotes are part of the value: remove them"),
    (
        _NOT_EXPANDED.fullmatch,
        "nothing has filled this in, it stands there word for word: write the value itself",
    ),
)
_OF_PLAIN: tuple[tuple[Callable[[str], object], str], ...] = (
    (
        lambda value: value.endswith("\\"),
        "the backslash at the end is part of the value, the next line is not: write one line",
    ),
    (_COMMENT.search, "the comment after it is part of the value: give it a line of its own"),
    (_has_a_quote, "a quote is part of the value: remove it"),
)
"""Faults of a value that is no secret: a password may well end in a backslash or a quote."""
