"""How often Python looks for cyclic garbage: seldom, since batches leave none."""

import gc

YOUNG_MAX = 200_000
"""More than a batch has alive at once. Its objects form no cycles and die with it; to look at them
while they lived took a tenth of all CPU."""


def look_seldom() -> None:
    """Never look again at what is loaded by now, and seldom at what is made from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 2, 2)
