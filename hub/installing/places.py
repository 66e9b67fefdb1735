"""Where the set-up reads and writes, and the digests that tell whether a part is still current."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
RUN = ROOT / ".run"
CACHE = RUN / "cache/setup"
REQUIREMENTS = ROOT / "requirements"
ASSETS = ROOT / "hub/assets"
VENDOR = ROOT / "hub/static/vendor"
INSTALLERS = tuple(sorted(Path(__file__).parent.glob("*.py")))


def digest(*paths: Path, salt: str = "") -> str:
    """Also covers the installers themselves: a changed one runs again."""
    found = hashlib.sha256(salt.encode())
    for path in (*paths, *INSTALLERS):
        found.update(path.read_bytes())
    return found.hexdigest()
