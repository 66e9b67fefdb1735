"""Entry points parse, call one verb and render; the rest is where the contracts want it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from tests.architecture.sources import ROOT, modules

ENTRANCES = ("web", "api", "tasks")
WRITES = {"save", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MANAGED_WRITES = {"create", "update"}
MAY_WRITE = {
    ("hub/web/people.py", "invitation.save"),  # sends a mail; the form of the sign-in library
}
MAY_LOAD = {
    # The customers of appointments and invoices that were loaded through visible_to.
    ("scheduling/api/viewsets.py", "Customer.objects.with_contacts"),
    ("billing/api/viewsets.py", "Customer.objects.with_contacts"),
    # Whether a visible customer owes anything: a yes or a no, for who may not see invoices.
    ("billing/web/panels.py", "Invoice.objects.filter"),
}
CLOCKS = {"timezone.now", "timezone.localtime", "timezone.localdate", "datetime.now", "date.today"}
# The supervisor, the sandboxes and the engine's own bookkeeping live by the machine's clock.
OF_THE_MACHINE = {"management", "embedded", "installing", "rest", "connectors", "sandbox"}
MAY_READ_THE_CLOCK = {"hub/accounts/signing_in.py"}  # a signal of the framework brings no time


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func), node


def test_entry_points_do_not_write() -> None:
    found = [
        (name, written)
        for name, tree in modules(*ENTRANCES)
        for written, _ in calls(tree)
        if _writes(written) and (name, written) not in MAY_WRITE
    ]

    assert not found, "\n".join(map(str, found))


def _writes(written: str) -> bool:
    receiver, _, method = written.rpartition(".")
    if method in WRITES:
        return True
    return method in MANAGED_WRITES and (".objects" in receiver or "filter(" in receiver)


def guarded_models() -> set[str]:
    """The models whose manager can say what is visible to whom."""
    return {
        model.__name__
        for model in apps.get_models()
        if hasattr(model._default_manager.all(), "visible_to")
    }


def test_pages_and_api_load_only_what_is_visible() -> None:
    guarded = guarded_models()
    found = []
    for name, tree in modules("web", "api"):
        for node in ast.walk(tree):
            loaded = _load(node, guarded)
            if loaded and (name, loaded) not in MAY_LOAD:
                found.append((name, loaded))

    assert guarded >= {"Customer", "Appointment", "Invoice"}
    assert not found, "\n".join(map(str, found))


def _load(node: ast.AST, guarded: set[str]) -> str:
    """Name a load that goes around ``visible_to``, or nothing."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
        manager = node.value
        is_guarded = isinstance(manager.value, ast.Name) and manager.value.id in guarded
        if is_guarded and manager.attr == "objects" and node.attr not in {"visible_to", "none"}:
            return ast.unparse(node)
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("get_object_or_404"):
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Name) and first.id in guarded:
            return ast.unparse(node)
    return ""


def test_only_entry_points_read_the_clock() -> None:
    readers = {
        name
        for name, tree in modules()
        if not set(Path(name).with_suffix("").parts) & {*ENTRANCES, *OF_THE_MACHINE}
        for written, _ in calls(tree)
        if written in CLOCKS
    }

    assert sorted(readers - MAY_READ_THE_CLOCK) == []


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(  # noqa: S603
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout[-3000:]
