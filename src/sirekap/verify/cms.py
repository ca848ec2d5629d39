"""The bytes of a signature itself, which no signature covers: they must be exactly what they have to be.

A PDF leaves the signature's own bytes out of what is signed. Readers pass over much there: the zeros that fill it
up, letters' case, certificates that nobody uses. Here each of these has one form, so that no byte of a
signed file can be altered unseen.
"""

from __future__ import annotations

from typing import Any

_SIGNATURE_TIME = "signature_time_stamp_token"


def odd_signature(pdf: bytes, signature: Any, status: Any) -> str:
    """What is odd about the bytes of a signature, "" where they are exactly as they have to be.

    `signature` and `status` are pyHanko's. Certificates that are carried along must be those of the path that was
    checked: these are signed, others are not looked at by anyone.
    """
    from asn1crypto import cms

    first, before, after, _ = (int(part) for part in signature.byte_range)
    gap = pdf[before:after]
    if first != 0 or gap[:1] != b"<" or gap[-1:] != b">":
        return "its bytes stand in no place of their own"
    digits = gap[1:-1]
    try:
        filled = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return "its bytes are not hexadecimal"
    if digits.decode("ascii") not in (filled.hex(), filled.hex().upper()):
        return "its bytes are written in two ways"
    der = filled[: _length(filled)]
    if filled[len(der) :].strip(b"\0"):
        return "something stands behind it"
    content = cms.ContentInfo.load(der, strict=True)
    if content.dump(force=True) != der or content["content_type"].native != "signed_data":
        return "its bytes are not in their one form (DER)"
    signed = content["content"]
    odd = _odd_data(signed, signature.signer_cert, status.validation_path, "data")
    tokens = [
        token["content"]
        for attribute in signed["signer_infos"][0]["unsigned_attrs"] or ()
        for token in attribute["values"]
    ]
    if odd or not tokens:
        return odd
    stamp = status.timestamp_validity
    if len(tokens) != 1 or stamp is None:
        return "its timestamp was not checked"
    return _odd_data(tokens[0], stamp.signing_cert, stamp.validation_path, "tst_info", "v3")


def _length(data: bytes) -> int:
    """The length of the DER value at the beginning. Raises ValueError where there is none."""
    if len(data) < 2 or data[0] != 0x30:
        raise ValueError("no signature")
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] - 0x80
    return 2 + count + int.from_bytes(data[2 : 2 + count], "big")


def _odd_data(signed: Any, certificate: Any, path: Any, kind: str, version: str = "v1") -> str:
    """As `odd_signature`, of the signed data of a signature or of its timestamp; `path` None: none was found."""
    signers = list(signed["signer_infos"])
    if len(signers) != 1 or certificate is None:
        return "it is not the signature of one signer"
    signer = signers[0]
    sid, content = signer["sid"], signed["encap_content_info"]
    digests = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
    known = {certificate.dump()} | {item.dump() for item in path or ()}
    carried = [choice.chosen.dump() for choice in signed["certificates"]]
    unsigned = [attribute["type"].native for attribute in signer["unsigned_attrs"] or ()]
    named = sid.name == "issuer_and_serial_number" and sid.chosen["issuer"].dump() == certificate.issuer.dump()
    expected = (
        (signed["version"].native == version and signer["version"].native == "v1", "its version is another"),
        (digests == [signer["digest_algorithm"].dump()], "its digest is named twice, differently"),
        (content["content_type"].native == kind, "it signs another kind of content"),
        ((content["content"].native is None) == (kind == "data"), "its content is in the wrong place"),
        (path is None or known.issuperset(carried), "it carries certificates that prove nothing"),
        (len(set(carried)) == len(carried), "it carries a certificate twice"),
        (not signed["crls"], "it carries lists of revoked certificates"),
        (named, "its signer is named in another way"),
        (unsigned in ([], [_SIGNATURE_TIME] if kind == "data" else []), "it carries what nobody signed"),
    )
    return next((problem for fine, problem in expected if not fine), "")
