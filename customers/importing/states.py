"""The life of an import."""

from customers.models import ImportState

TRANSITIONS = {
    ImportState.UPLOADED: frozenset({ImportState.CHECKING, ImportState.CANCELED}),
    ImportState.CHECKING: frozenset(
        {ImportState.CHECKED, ImportState.FAILED, ImportState.CANCELED}
    ),
    # Other columns are a new check.
    ImportState.CHECKED: frozenset(
        {ImportState.CHECKING, ImportState.RUNNING, ImportState.CANCELED}
    ),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.FAILED, ImportState.CANCELED}),
    ImportState.DONE: frozenset(),
    ImportState.FAILED: frozenset(),
    ImportState.CANCELED: frozenset(),
}
MOVING = frozenset({ImportState.CHECKING, ImportState.RUNNING})
