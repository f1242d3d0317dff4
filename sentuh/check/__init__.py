"""Says offline what intake would make of model outputs, with intake's own reading and gate."""

from sentuh.check.answering import Checked, Checker
from sentuh.check.sent import SentRecord, read_sent_files

__all__ = ["Checked", "Checker", "SentRecord", "read_sent_files"]
