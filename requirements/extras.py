"""Print what pyproject.toml's extras and build need, one requirement a line, for `make lock`."""

import tomllib
from pathlib import Path

tree = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
extras = tree["project"]["optional-dependencies"]
lines = {line for group in extras.values() for line in group if not line.startswith("sirekap")}
print("\n".join(sorted({*lines, *tree["build-system"]["requires"], "editables"})))
