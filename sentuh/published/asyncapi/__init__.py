"""AsyncAPI 3: senders, receivers and messages of every topic, as one document.

FastStream writes it from typed publishers and subscribers, service by service; what it leaves out
(keys, headers, examples, groups, topic settings) is completed from the rows of
shared/contracts/topics.py and the stored samples.
"""

from sentuh.published.asyncapi.completed import completed
from sentuh.published.asyncapi.generated import generated
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import SERVICES

__all__ = ["document"]


def document() -> JsonObject:
    """Build the whole document; equal contracts give an equal document."""
    return completed({service: generated(service) for service in SERVICES})
