"""The vendor's own specification as a judge of what we send and of what our sandbox answers."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "contracts"


def hubspot(name: str) -> dict[str, Any]:
    """Return one OpenAPI document, repaired; skips the test where the files are absent."""
    folder = Path(os.environ.get("HUB_CONTRACTS", FOLDER)) / "hubspot" / "2026-09"
    path = folder / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"The vendor's specifications are not at {folder} (set HUB_CONTRACTS).")
    return _repaired(path)


@cache
def _repaired(path: Path) -> dict[str, Any]:
    """Drop ``example: null`` and name the media type, which the vendor leaves open."""

    def repair(node: Any) -> Any:
        if isinstance(node, list):
            return [repair(part) for part in node]
        if not isinstance(node, dict):
            return node
        return {
            "application/json" if key == "*/*" else key: repair(value)
            for key, value in node.items()
            if not (key == "example" and value is None)
        }

    document: dict[str, Any] = repair(json.loads(path.read_text(encoding="utf-8")))
    return document


def complaints(document: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    """Return what the specification has against one logged request and its answer."""
    found = _operation(document, entry["method"].lower(), entry["path"])
    if found is None:
        return [f"{entry['method']} {entry['path']} is not in the specification"]
    told = []
    known = {p["name"] for p in found.get("parameters", []) if p["in"] == "query"}
    told += [f"unknown query parameter {name}" for name in entry["query"].keys() - known]
    body = found.get("requestBody")
    if body is not None:
        told += _against(document, body["content"]["application/json"], entry["request"])
    elif entry["request"] is not None:
        told.append("a body where none belongs")
    answers = found["responses"]
    described = answers.get(str(entry["status"]))
    if described is None and entry["status"] < 400 and entry["status"] != 207:
        told.append(f"status {entry['status']} is not in the specification")
    if described and described.get("content"):
        told += _against(document, described["content"]["application/json"], entry["response"])
    return told


def _operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method in operations:
            operation: dict[str, Any] = operations[method]
            return operation
    return None


def _against(document: dict[str, Any], described: dict[str, Any], value: Any) -> list[str]:
    schema = {**described["schema"], "components": document["components"]}
    errors = OAS30Validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in errors]
