"""What an expression of PromQL asks for: series, and the label values it wants."""

import re
from collections.abc import Iterator

from sentuh.published.metrics_page import PROCESS, instruments, series

OF_PROMETHEUS = frozenset({"up", "ALERTS"})
_TEXT = re.compile(r'"[^"]*"')
_NAME = re.compile(r"\b(?:sentuh[_:][a-zA-Z0-9_:]*[a-zA-Z0-9]|process_[a-z_]+|up|ALERTS)\b")
_PATTERN = re.compile(r'__name__=~"([^"]*)"')
_SELECTOR = re.compile(r"\b(sentuh_[a-z0-9_]+)\{([^}]*)\}")
_WANTED = re.compile(r'(\w+)="([^"]*)"')


def asked(expression: str) -> Iterator[str]:
    """Names of series, and patterns for them; what stands between quotes otherwise is none."""
    yield from _NAME.findall(_TEXT.sub('""', expression))


def unknown(expression: str, recorded: frozenset[str]) -> list[str]:
    """Names that nothing exposes or records; a pattern must match one name in each service."""
    known = series() | frozenset(PROCESS) | OF_PROMETHEUS | recorded
    wrong = [f"{name}: no code exposes it" for name in asked(expression) if name not in known]
    for pattern in _PATTERN.findall(expression):
        services = sum(any(re.fullmatch(pattern, name) for name in _of(part)) for part in _PARTS)
        if services != len(_PARTS):
            wrong.append(f"{pattern}: matches in {services} of {len(_PARTS)} services")
    return wrong + list(_unknown_values(expression))


_PARTS = ("intake", "router", "qa", "payout")


def _of(part: str) -> list[str]:
    return [name for row in instruments()[part] for name in row.exposed()]


def _unknown_values(expression: str) -> Iterator[str]:
    rows = {
        name: row for found in instruments().values() for row in found for name in row.exposed()
    }
    for name, wanted in _SELECTOR.findall(expression):
        row = rows.get(name)
        for label, value in _WANTED.findall(wanted):
            if row is not None and label in row.labels and value not in row.labels[label]:
                yield f'{name}{{{label}="{value}"}}: the label never has this value'
