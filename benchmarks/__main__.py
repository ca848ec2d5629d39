"""`make bench`: measure what docs/performance.md says, print it, and with --write put it there.

python -m benchmarks [--write]
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from benchmarks import accounts, nation, photo

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def main() -> None:
    """Measure everything."""
    parts = [f"Measured on {os.cpu_count()} cores, Python {sys.version.split()[0]}.", photo.table()]
    print(parts[-1], flush=True)
    for work in (nation.rollup, nation.publish):
        parts.append("- " + work())
        print(parts[-1], flush=True)
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        body = "<!-- measured -->\n" + "\n\n".join(parts) + "\n<!-- end -->"
        PAGE.write_text(re.sub(r"<!-- measured -->.*?<!-- end -->", lambda _: body, text, flags=re.S), "utf-8")
    accounts.main("--write" in sys.argv[1:])


if __name__ == "__main__":
    main()
