"""Makes the dictionary that compresses outcomes: `python -m tests.contracts.dictionary N`.

It holds one record of every event that services publish, as its service packs it. A dictionary that
a release has shipped is never made anew: a new one gets the next number.
"""

import sys
from pathlib import Path

from services.router.tokens import Keys, sign
from shared.contracts import compressed, envelope
from shared.contracts.events import BY_TYPE
from shared.contracts.events.offers import OfferMade
from shared.contracts.packing import packed
from shared.contracts.record import Outgoing
from shared.contracts.topics import BY_NAME, Names
from tests.contracts.samples import sample

KEYS = Keys.of("k1=" + "s" * 32)


def dictionary_now() -> bytes:
    """The records of all samples of what services publish, one after the other.

    What is nearest to the end is found with the fewest bytes: there stand offers.
    """
    kinds = [kind for kind in BY_TYPE.values() if not kind.TOPIC.border]
    kinds.sort(key=lambda kind: (kind.TOPIC.name == "offers", kind.TOPIC.name, kind.TYPE))
    return b"".join(packed([_record(kind.TYPE)]) for kind in kinds)


def _record(event_type: str) -> Outgoing:
    stored = sample(event_type)
    topic = BY_NAME[stored.topic]
    _, event = envelope.decode(stored.record(), topic)
    if isinstance(event, OfferMade):
        event = event.model_copy(update={"token": sign(event.claims, KEYS)})
    cause, trace = stored.headers["ce_causationid"], stored.headers["traceparent"]
    return envelope.encode(event, Names(), source=topic.owner, cause=cause, traceparent=trace)


if __name__ == "__main__":
    folder = Path(compressed.__file__).parent
    (folder / f"dictionary_{sys.argv[1]}.bin").write_bytes(dictionary_now())
