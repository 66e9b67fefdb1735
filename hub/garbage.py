"""Let the garbage collector pass by what a long-lived process will never throw away."""

import gc


def freeze_loaded_code() -> None:
    """Call once all code is loaded, and before forking: later collections skip it.

    Code and models are more than a hundred thousand objects, through which each collection of
    everything would walk again, in the middle of somebody's request.
    """
    gc.collect()
    gc.freeze()
