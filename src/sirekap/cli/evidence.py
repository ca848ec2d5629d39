"""`sirekap evidence`: the evidence of a station or unit as one ZIP; and the check of such a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli.certificate_keys import read
from sirekap.cli.certificates import moment
from sirekap.cli.common import add_contest, command, progress

if TYPE_CHECKING:
    from sirekap.verify.evidence import EvidenceCheck

CHECK = "check"
TEXT = """Put all that is kept of a station or unit into one ZIP for a court: photographs, readings, entries,
findings, plenaries with objections, versions and certificates, with pages in words. The same state gives the
same bytes.

`sirekap evidence check FILE` checks such a file, or the folder it was unpacked into: every file's hash,
photographs, sums of the recapitulation, signatures. Exit status 1 where anything does not hold."""
EXAMPLES = """  sirekap evidence hasil 3173011001001 --out bukti.zip
  sirekap evidence hasil 317301 --contest pdpr --out kecamatan.zip
  sirekap evidence check bukti.zip --root authority.pem
"""


def add(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "evidence", run, TEXT, EXAMPLES)
    parser.usage = (
        "sirekap evidence [-h] DIR CODE [--contest CODE] --out FILE.zip\n"
        "       sirekap evidence check FILE [--root FILE] [--at TIME]"
    )
    help_ = "the workspace's folder; the word check checks a file (a folder of that name is ./check)"
    parser.add_argument("dir", metavar="DIR", help=help_)
    help_ = "the code of a station or unit, 0 for the nation; with check the file"
    parser.add_argument("code", metavar="CODE|FILE", help=help_)
    add_contest(parser)
    parser.add_argument("--out", metavar="FILE.zip", type=Path, help="where it is written; never over a file")
    help_ = "with check: a certificate of an authority that is trusted, PEM or DER; may be given again"
    parser.add_argument("--root", metavar="FILE", type=Path, action="append", default=[], help=help_)
    help_ = (
        "with check: as of when signatures are judged (ISO 8601 with time zone); default: when each paper came in"
    )
    parser.add_argument("--at", metavar="TIME", type=moment, help=help_)


def run(args: argparse.Namespace) -> int:
    """Make a bundle, or check one."""
    from sirekap.errors import InputError, Problem

    making = args.dir != CHECK
    expected = f"it only {'with' if making else 'without'} check"
    others = {"--root": args.root, "--at": args.at} if making else {"--out": args.out, "--contest": args.contest}
    wrong = [Problem("evidence", expected, "it", column=name) for name, given in others.items() if given]
    if making and args.out is None:
        wrong.append(Problem("evidence", "a new file", "nothing", column="--out"))
    if wrong:
        raise InputError(wrong)
    return _make(args) if making else _check(args)


def _make(args: argparse.Namespace) -> int:
    from sirekap.flow.evidence import write_evidence
    from sirekap.store.setup import open_workspace

    with progress("evidence") as show:
        report = write_evidence(open_workspace(Path(args.dir)), args.code, args.out, args.contest, show)
    print(f"{args.out}: {report.name}, as of {report.at}")
    print(
        f"{report.stations:,} stations, {report.photographs:,} photographs, {report.plenaries:,} plenaries; "
        f"{report.files:,} files, {report.bytes:,} bytes."
    )
    print(f"Check it with: sirekap evidence check {args.out}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from sirekap.verify.evidence import check_evidence

    args.extra = "certificates"
    roots = [read(root) for root in args.root]
    if roots:
        from sirekap.verify.certificates import read_root

        for path, root in zip(args.root, roots, strict=True):
            read_root(root, str(path))  # so that the file is named where it is none
    with progress("check") as show:
        check = check_evidence(Path(args.code), roots, args.at, show)
    for difference in check.report.differences:
        print(difference)
    print("\n".join(_told(check)))
    return 0 if check.ok else 1


def _told(check: EvidenceCheck) -> list[str]:
    head, report = check.head, check.report
    lines = (
        [f"{head.get('name')} ({head.get('code')}), {head.get('contest')}, as of {head.get('at')}"]
        if head
        else []
    )
    lines.append(
        f"{report.files:,} files, {report.stations:,} stations, {check.photographs:,} photographs, "
        f"{check.versions:,} versions of certificates, {check.unsigned:,} of them without a signature"
    )
    for file, paper in check.signed.items():
        lines.append(f"{file}:")
        lines += [
            f"  {each.name}, {each.role}, {each.unit}: "
            + ("valid" if each.valid else each.problem or f"key {each.trust}")
            for each in paper.signatures
        ]
    if check.signed and check.own_roots:
        lines.append("Signatures were judged by the bundle's own authorities: compare these with those that KPU")
        lines.append("announced, or give --root.")
    lines.append("verified: everything follows from the bundle's files" if check.ok else "NOT verified")
    return lines
