"""Finds a record's CloudEvents headers under every prefix people write, and refuses ambiguous ones.

Kafka's prefix is `ce_`. HTTP's `ce-` is taken too, in any case, since several libraries write it.
Example: the headers `ce-id` and `CE_ID` both hold the attribute `id`.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from shared.contracts.errors import Reason, Refused
from shared.contracts.record import CE_PREFIXES, Record

REQUIRED = ("specversion", "id", "source", "type")
"""The attributes that every CloudEvent must have, in the order in which messages name them."""
CONTENT_TYPE = "content-type"
_EXTENSIONS = (
    "dataref", "tasktype", "correlationid", "format", "traceparent", "inferenceservicename",
)  # fmt: skip
_KNOWN = frozenset((*REQUIRED, *_EXTENSIONS, "time", "subject", "datacontenttype", "dataschema"))
_FREE_TEXT = "subject"
"""An attribute whose quotes may be its own."""
_NO_OTHERS = frozenset({"tasktype", "dataref"})
"""Extensions whose names no other header has, so that without a prefix they are meant for us."""
_OTHER_PREFIXES = ("cloudevents:", "cloudevents_", "cloudevents-", "cloudevent.", "ce.", "ce:")
"""Prefixes of AMQP, JMS and others: an event under them would lose its id without a word."""
_NO_PUNCTUATION = str.maketrans("", "", "_-.")
_SHOWN_MAX = 60
_QUOTE = ord('"')


def own_headers(record: Record) -> Mapping[str, str]:
    """Return the CloudEvents attributes in a record's headers, and its `content-type`.

    Names are in lower case and without prefix; an empty value counts as none. Raises Refused if an
    attribute stands twice, under two prefixes or in quotes, or under a name that looks like one of
    ours and would be ignored. Extension attributes that nobody here knows are left out.
    Example: `ce-id: o-1` and `content-type: text/plain` give `id` and `content-type`.
    """
    if not record.headers:
        return {}
    headers, stated = record.headers, dict[str, str]()
    for attribute, place in _places(tuple([name for name, _ in headers])):
        raw = headers[place][1]
        if raw:
            if raw[0] == _QUOTE == raw[-1] and attribute != _FREE_TEXT:
                raise _refused(headers[place][0], "send the value without the quotes around it")
            stated[attribute] = raw.decode("utf-8", "replace")
    return stated


def refuse_misspelt(names: Iterable[str]) -> None:
    """Raise Refused if a structured event has an attribute that people mistake for one of ours.

    It would be left out without a word, as other extensions are. Example: `taskType`.
    """
    for name in names:
        meant = name.lower().translate(_NO_PUNCTUATION)
        if meant in _EXTENSIONS and name != meant:
            fix = f"is not read under this name: send it as {meant}"
            raise Refused(Reason.INVALID_FIELD, f"{name[:_SHOWN_MAX]}: {fix}")


@lru_cache(maxsize=256)
def _places(names: tuple[str, ...]) -> Sequence[tuple[str, int]]:
    """Return each known attribute with its header's position; raises Refused as `own_headers` does.

    Cached, since the records of one sender have the same headers.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        attribute = _attribute_in(name)
        if attribute is None:
            continue
        # Two with the same value are refused, too: the next pair of the sender's may differ.
        first = places.setdefault(attribute, place)
        if first != place:
            raise _ambiguous(names[first], name, "send it once")
    _refuse_two_prefixes([names[place] for name, place in places.items() if name != CONTENT_TYPE])
    return tuple(places.items())


def _attribute_in(name: str) -> str | None:
    """Return the known attribute that a header holds; None for a header that is not ours.

    Raises Refused for a name that people mistake for one of ours. Example: `ce_task_type`.
    """
    lower = name.lower()
    if lower == CONTENT_TYPE:
        return lower
    ours = lower.startswith(CE_PREFIXES)
    if ours and lower[3:] in _KNOWN:
        return lower[3:]
    meant = lower[3:].translate(_NO_PUNCTUATION) if ours else _without_other_prefix(lower)
    if meant in _KNOWN:
        raise _refused(name, f"is not read under this name: send it as ce_{meant}")
    return None


def _without_other_prefix(lower: str) -> str:
    """Return the attribute in a header without our prefix: it has another's, or only we have it.

    "" for a header that is not ours. Example: `ce.id` and `task_type` give `id` and `tasktype`.
    """
    for prefix in _OTHER_PREFIXES:
        if lower.startswith(prefix):
            return lower.removeprefix(prefix)
    bare = lower.translate(_NO_PUNCTUATION)
    return bare if bare in _NO_OTHERS else ""


def _refuse_two_prefixes(names: Sequence[str]) -> None:
    """Raise Refused if some of these headers begin with `ce_` and others with `ce-`."""
    for name in names:
        if name[2] != names[0][2]:
            raise _ambiguous(names[0], name, "begin all of them with ce_")


def _ambiguous(first: str, second: str, fix: str) -> Refused:
    if first == second:
        return _refused(first, f"is there twice, and it is not clear which holds: {fix}")
    both = f"headers {first[:_SHOWN_MAX]} and {second[:_SHOWN_MAX]}"
    return Refused(Reason.INVALID_FIELD, f"{both}: it is not clear which of them holds: {fix}")


def _refused(name: str, fix: str) -> Refused:
    # Only names made of ours come here, so that nothing a sender thought of is repeated.
    return Refused(Reason.INVALID_FIELD, f"header {name[:_SHOWN_MAX]}: {fix}")
