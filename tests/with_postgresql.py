"""Run a command with a PostgreSQL server of its own: `python tests/with_postgresql.py make test`.

The server listens on a Unix socket in a temporary folder and is gone afterwards. The command finds it in
SIREKAP_DATABASE, from which every new workspace takes its database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = 15


def programs() -> Path:
    """The folder of initdb and pg_ctl, the newest version first. Exits where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]), reverse=True)
    on_path = shutil.which("initdb")
    for program in [*found, *([Path(on_path)] if on_path else [])]:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.split()[2].partition(".")[0]) >= OLDEST:  # initdb (PostgreSQL) 15.18 (Debian …)
            return program.parent
    sys.exit(f"PostgreSQL {OLDEST} or newer is needed: apt-get install postgresql")


def as_server(command: list[str]) -> None:
    """Run one of the server's programs; it refuses to run as root, so then as the user postgres."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL)


def main(command: list[str]) -> int:
    """The command's exit status."""
    binaries = programs()
    folder = Path(tempfile.mkdtemp(prefix="sirekap-postgresql-"))
    folder.chmod(0o755)
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    initdb = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "sirekap"]
    as_server([*initdb, "-E", "UTF8", "--locale=C", "--no-sync"])
    # Nothing here outlives the tests, so nothing is forced to disk.
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    as_server([*control, "-o", options, "-l", str(folder / "log"), "start"])
    try:
        address = f"postgresql:///postgres?host={folder}&user=sirekap"
        return subprocess.run(command, env={**os.environ, "SIREKAP_DATABASE": address}, check=False).returncode
    finally:
        as_server([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
