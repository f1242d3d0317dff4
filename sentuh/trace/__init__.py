"""Trace: the story of one model output, step by step, with times and reasons, from topics alone.

It reads only partitions that can have records about the output: one of each topic that is keyed by
task, and of `earnings` those of the people who answered.
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
    """Tell the story of the output of this source and id; SettingError if no record names it."""
    about = await read_about(where, names, ref)
    story = tell(ref, about.records, names)
    if not story.steps:
        raise unknown(ref, about.others)
    return story
