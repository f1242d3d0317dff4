"""The tree of errors, sorted by what becomes of a record that meets them.

SentuhError
├── Refused          the same input will fail again       → dead letter, with a reason and a fix
├── TransientError   Redis or Kafka is away, or contended → wait with jitter, not ready, try again
│   └── Overtaken    what was decided on has moved        → load and decide again
├── EpochGone        Redis lost or went back in time      → stop, catch up, consume again
├── Revoked          the partition is another's now       → drop the batch, acknowledge nothing
└── SettingError     the operator must change a setting   → one line, non-zero exit

Anything else is a bug: bounded attempts, then a dead letter `bug`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a record went to the dead letters: a closed set, so it may label a metric."""

    TOMBSTONE = "tombstone"
    TOO_LARGE = "too_large"
    HEADERS_TOO_LARGE = "headers_too_large"
    JSON_INVALID = "json_invalid"
    NOT_OBJECT = "not_object"
    TOO_DEEP = "too_deep"
    DUP_KEY = "dup_key"
    MISSING = "missing"
    EXTRA_FORBIDDEN = "extra_forbidden"
    INVALID_FIELD = "invalid_field"
    KEY_MISMATCH = "key_mismatch"
    UNSUPPORTED = "unsupported"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_FORMAT = "unknown_format"
    AMBIGUOUS_FORMAT = "ambiguous_format"
    UNKNOWN_SCHEMA = "unknown_schema"
    BAD_SCHEMA = "bad_schema"
    SCHEMA_MISMATCH = "schema_mismatch"
    UNKNOWN_TASK_TYPE = "unknown_task_type"
    UNKNOWN_POOL = "unknown_pool"
    UNKNOWN_WORKER = "unknown_worker"
    BAD_ID = "bad_id"
    FOREIGN_SOURCE = "foreign_source"
    BAD_URL = "bad_url"
    BAD_MEDIA = "bad_media"
    BAD_OUTPUT = "bad_output"
    EMPTY_PAYLOAD = "empty_payload"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    ID_REUSE = "id_reuse"
    BAD_TOKEN = "bad_token"
    BAD_SIGNATURE = "bad_signature"
    BAD_KEY = "bad_key"
    WORKER_MISMATCH = "worker_mismatch"
    POOL_MISMATCH = "pool_mismatch"
    ASSIGNMENT_ENDED = "assignment_ended"
    BAD_ANSWER = "bad_answer"
    CRASH_LOOP = "crash_loop"
    BUG = "bug"


class SentuhError(Exception):
    """Root of the project's errors."""


class Refused(SentuhError):
    """The record can never be handled as it is.

    `detail` is one sentence with the fix and nothing of the payload: it becomes a header.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def within(self, place: str) -> "Refused":
        """Return the same refusal with the place before its detail. Example: `header ce_`."""
        return Refused(self.reason, place + self.detail)


class TransientError(SentuhError):
    """Kafka or Redis is away or contended; the same record will succeed later."""


class Overtaken(TransientError):
    """State changed after it was loaded: load and decide again."""


class EpochGone(SentuhError):
    """The slot's epoch is not open: its state may lack what was committed before.

    `answered` maps other slots of the same trip to their epochs; their calls were carried out.
    `needed` are all slots of the batch that met it, once that is known.
    """

    def __init__(self, slot: str, answered: Mapping[str, str] | None = None) -> None:
        super().__init__(f"the epoch of slot {slot} is not open: state must be caught up first")
        self.slot = slot
        self.answered = answered or {}
        self.needed: frozenset[str] = frozenset({slot})


class Revoked(SentuhError):
    """The partition moved to another process while its batch was in flight."""


class SettingError(SentuhError):
    """A setting is missing or wrong; the message names it and the fix."""
