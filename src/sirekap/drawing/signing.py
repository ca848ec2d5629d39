"""Signatures on certificates: PAdES (ETSI EN 319 142) by pyHanko, one incremental update for each.

Bytes in, bytes out; what was there stays as it was, so the certificate as it was drawn is a prefix of every
signed one, and earlier signatures stay valid. Each signature is laid over its place on the last pages, with an
appearance that typst draws, because PDF/A wants every font of it embedded. Needs the extra `certificates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sirekap.drawing.certificate_source import SigningPlace
from sirekap.drawing.text import breakable, literal, moment
from sirekap.errors import InputError, Problem, SirekapError
from sirekap.forms import Rect

POINT = 72 / 25.4
ROOM, ROOM_WITH_TIME = 8_192, 32_768  # hexadecimal digits for a signature with its certificate, and a timestamp
_STAMP = """\
#set page(width: {width}mm, height: {height}mm, margin: 1.5mm, fill: none)
#set text(font: "Libertinus Serif", size: 8pt, lang: "id", hyphenate: false)
#set par(leading: 0.4em)
*Ditandatangani secara elektronik* #text(size: 6.5pt, style: "italic")[signed electronically] \\
#{words} \\ #{at}
"""


class NotSigned(SirekapError):
    """A signature could not be made: the key, the token or the time-stamping service would not."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs, with what its certificate says. Made by `pkcs12_key` or `token_key`."""

    name: str
    role: str
    unit: str
    signer: Any


def pkcs12_key(data: bytes, password: str) -> Key:
    """The key of a PKCS#12 file. Raises InputError for another password or file."""
    from pyhanko.sign.signers import SimpleSigner

    try:
        signer = SimpleSigner.load_pkcs12_data(data, (), password.encode())
    except ValueError as error:
        raise InputError([Problem("key", "a PKCS#12 file and its password", str(error))]) from error
    return _key(signer)


@contextmanager
def token_key(module: Path, token: str, pin: str, label: str) -> Iterator[Key]:
    """A key on a PKCS#11 token, by the module's library, the token's label and that of key and certificate.

    The key never leaves the token. Raises NotSigned where the token, the PIN or the key is another.
    """
    import pkcs11
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        criteria = TokenCriteria(label=token)
        with open_pkcs11_session(str(module), token_criteria=criteria, user_pin=pin) as session:
            # The digest is taken here: not every token takes it with an elliptic curve (SoftHSM does not).
            yield _key(PKCS11Signer(session, cert_label=label, key_label=label, use_raw_mechanism=True))
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise NotSigned(f"the token {token} refused: {str(error) or type(error).__name__}") from error


def http_timestamper(url: str) -> Any:
    """A time-stamping service (RFC 3161) at an address."""
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=10)


def sign_certificate(pdf: bytes, key: Key, place: SigningPlace | None = None, timestamper: Any = None) -> bytes:
    """The same file with one more signature; it begins with the bytes that were given.

    `place` is where it is seen (see `signing_places`), None for nowhere. With a time-stamping service the
    signature is PAdES B-T, else B-B. Raises NotSigned where the key or the service would not, InputError for what
    is no PDF or where that place is signed already.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    now = datetime.now(UTC).replace(microsecond=0)  # typst takes whole seconds
    try:
        writer = _writer(pdf)
        names = {name for name, _, _ in _fields(writer)}
        field, box, page = _where(place, writer, names)
        if field in names:
            raise InputError([Problem("certificate", "a place without a signature", field)])
        metadata = PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=key.name
        )
        style = None if box is None else _style(key, box, now)
        spec = SigFieldSpec(field, on_page=page, box=None if box is None else _points(box, writer, page))
        signer = PdfSigner(metadata, key.signer, timestamper=timestamper, stamp_style=style, new_field_spec=spec)
        signed = signer.sign_pdf(writer, bytes_reserved=ROOM if timestamper is None else ROOM_WITH_TIME)
    except PdfError as error:
        raise InputError([Problem("certificate", "a PDF that can be signed", str(error))]) from error
    except (InputError, ImportError):
        raise
    except Exception as error:  # tokens and services fail in ways of their own
        raise NotSigned(f"{key.name} could not sign: {str(error) or type(error).__name__}") from error
    data = bytes(signed.getvalue())
    assert data.startswith(pdf), "a signature adds to a file and changes nothing"
    return data


def _writer(pdf: bytes) -> Any:
    """Adds to a file, and leaves its metadata and its version as they are.

    pyHanko would write the XMP anew in its own way and say that the file is PDF 2.0, where PDF/A-2 is PDF 1.7.
    What is unchanged cannot become invalid.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """Nothing; a test holds this against other versions of pyHanko."""

        def ensure_output_version(self, version: Any) -> None:
            """Nothing."""

        def register_extension(self, ext: Any) -> None:
            """PAdES's own, not those of PDF 2.0."""
            if ext.prefix_name != "/ISO_":
                super().register_extension(ext)

    return Writer(BytesIO(pdf))


def _key(signer: Any) -> Key:
    subject = signer.signing_cert.subject.native
    name, role, unit = (
        str(subject.get(part, "")) for part in ("common_name", "title", "organizational_unit_name")
    )
    return Key(name, role, unit, signer)


def _fields(writer: Any) -> list[Any]:
    from pyhanko.sign.fields import enumerate_sig_fields

    return list(enumerate_sig_fields(writer))


def _where(place: SigningPlace | None, writer: Any, names: set[str]) -> tuple[str, Rect | None, int]:
    """The field's name, the rectangle in mm, and the page from 0."""
    pages = int(writer.root["/Pages"]["/Count"])
    if place is None:
        return f"tak-terlihat-{len(names) + 1:02d}", None, pages - 1
    page = pages + place.page
    return f"tempat-{page + 1:02d}-{place.rect.x:.0f}-{place.rect.y:.0f}", place.rect, page


def _points(rect: Rect, writer: Any, page: int) -> tuple[int, int, int, int]:
    """The rectangle in points from the page's lower left corner."""
    box = writer.find_page_for_modification(page)[0].get_object()["/MediaBox"]
    height = float(box[3])
    left, top = rect.x * POINT, height - rect.y * POINT
    return round(left), round(top - rect.h * POINT), round(left + rect.w * POINT), round(top)


def _style(key: Key, box: Rect, now: datetime) -> Any:
    """The appearance, drawn by typst: the words of the certificate that signs."""
    import typst  # only who draws needs it
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.stamp import StaticStampStyle

    said = [key.name, *([key.role] if key.role != key.name else []), key.unit]
    words = " \\ #".join(breakable(text) for text in said if text)
    source = _STAMP.format(width=box.w, height=box.h, at=literal(moment(now)), words=words)
    pdf = typst.Compiler(ignore_system_fonts=True).compile(
        source.encode(), format="pdf", pdf_standards=["a-2b"], timestamp=now, pdf_tags=False
    )
    assert isinstance(pdf, bytes), "typst gives one PDF as bytes"
    layout = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, Margins(0, 0, 0, 0))
    return StaticStampStyle(background=_drawn(pdf), border_width=0, background_layout=layout)


def _drawn(pdf: bytes) -> Any:
    """The first page of a PDF as what pyHanko lays into an appearance."""
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Page(PdfContent):
        """As pyHanko's own, which reads files alone."""

        def render(self) -> bytes:
            page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(pdf)))
            self.resources.xobject["/Drawn"] = page
            left, bottom, right, top = page.get_object()["/BBox"]
            self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
            return b"/Drawn Do"

    return Page()
