"""Makes Python look for cyclic garbage seldom, since batches leave none."""

import gc

YOUNG_MAX = 200_000
"""More objects than a batch has at once. They form no cycles and die with it; to look through them
while they lived took a tenth of all CPU."""


def look_seldom() -> None:
    """Freeze the objects that exist now, so that the collector skips them, and run it seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 2, 2)
