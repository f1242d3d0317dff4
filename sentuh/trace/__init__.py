"""Trace: what became of one model output, step by step, with times and reasons, from topics alone.

It reads only what can be about the output: one partition of each topic that is keyed by task, and
of `earnings` those of the people who answered.
"""

from sentuh.history.output_refs import Ref
from sentuh.trace.ending import unknown
from sentuh.trace.output_records import read_about
from sentuh.trace.story import Story, tell
from sentuh.trace.table import show
from shared.connect.access import KafkaAccess
from shared.contracts.topics import Names

__all__ = ["Story", "show", "tell", "trace"]


async def trace(where: KafkaAccess | str, names: Names, ref: Ref) -> Story:
    """The story of the output of this source and id; SettingError, with what to do, for none."""
    found = await read_about(where, names, ref)
    story = tell(ref, found.records, names)
    if not story.steps:
        raise unknown(ref, found.others)
    return story
