"""Let the garbage collector pass by what a long-lived process will never throw away."""

import gc

# Python asks after 700 new objects whether any of them is garbage; one page makes thousands, a
# chunk of an import fifty thousand, and nearly all of them go by themselves when nobody refers to
# them any more.
NEW_OBJECTS = 60_000


def freeze_loaded_code() -> None:
    """Call once all code is loaded, and before forking: later collections skip it.

    Code and models are more than a hundred thousand objects, through which each collection of
    everything would walk again, in the middle of somebody's request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
