"""`sirekap`: every command, its exit status, and errors without a traceback."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sirekap import __version__
from sirekap.cli import (
    accounts,
    boards,
    certificates,
    check_result,
    demo,
    evidence,
    forms,
    ingest,
    notify,
    outcome,
    publish,
    read,
    review,
    serve,
    tally,
    verify,
    webhooks,
    worker,
    workspace,
)
from sirekap.errors import SirekapError

DESCRIPTION = "Election results that anyone can recount: photographs of result sheets to checked public figures."
EPILOG = """exit status: 0 done; 1 the answer is no (verify, check …); 2 bad usage or input; 130 interrupted

examples:
  sirekap demo                                    see the whole way with a made-up election
  sirekap init hasil --election election.toml     start a workspace in the folder hasil
  sirekap verify https://example.org/             recompute a published result
"""
INTERRUPTED = 130
COMMANDS = (
    *(
        demo,
        workspace,
        accounts,
        boards,
        forms,
        read,
        ingest,
        worker,
        notify,
        webhooks,
        review,
        tally,
        outcome,
        publish,
        serve,
        verify,
        check_result,
        certificates,
        evidence,
    ),
)
# What the extras install, by the name that Python imports.
THIRD_PARTY = frozenset(
    [
        *("numpy", "cv2", "onnxruntime", "simplejpeg", "zxingcpp", "typst", "segno"),
        *(
            "django",
            "ninja",
            "granian",
            "duckdb",
            "pyarrow",
            "obstore",
            "jinja2",
            "tqdm",
            "psycopg",
            "argon2",
            "cryptography",
            "pyhanko",
            "pyhanko_certvalidator",
            "asn1crypto",
            "pkcs11",
        ),
    ]
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="sirekap",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sirekap {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    try:
        args = build_parser().parse_args(argv)
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except SirekapError as error:
        return _refused(str(error))
    except BrokenPipeError:
        # Who reads has gone (`sirekap … | head`); nothing more can be said to them, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # A full disk, a folder that may not be written: the message names the file.
        return _refused(str(error))
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in THIRD_PARTY:
            raise
        extra = getattr(args, "extra", "server")
        return _refused(f"this command needs `pip install sirekap[{extra}]` ({error})")
    except KeyboardInterrupt:
        print("sirekap: interrupted; what was done is kept", file=sys.stderr)
        return INTERRUPTED


def _refused(message: str) -> int:
    print("\n".join(f"sirekap: {line}" for line in message.splitlines()), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
