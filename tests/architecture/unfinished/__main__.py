"""Write the lists of unfinished files anew."""

from tests.architecture import rules
from tests.architecture.source import modules
from tests.architecture.unfinished import write

ALL_MODULES = modules()
write(
    (rule.__name__, module.path)
    for rule in rules.ALL
    for module in ALL_MODULES
    if any(True for _ in rule(module))
)
