"""Results from phone to phone: what JavaScript writes Python reads and judges alike, and the other way."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sirekap.forms import FORMS
from sirekap.record.canonical import canonical
from sirekap.record.handover import (
    MOST_VALUE,
    Certificate,
    Handover,
    HandoverError,
    decode,
    encode,
    encode_certificate,
    from_text,
    key_id,
    to_text,
)
from sirekap.record.verdict import REMARKS, WORDS
from sirekap.store.keys import RECEIPT_DOMAIN
from sirekap.store.signing import check_handover, new_private_key, public_key_of, sign_with
from tests.browser.app import app_page
from tests.record.test_handover import BAD, RESULT, handovers

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FORM = FORMS["C.HASIL-PPWP/2024"]
SERVER, DEVICE = new_private_key(), new_private_key()
SERVER_ID = key_id(public_key_of(SERVER))
KEYS = {SERVER_ID: public_key_of(SERVER)}
DOCUMENT = {"keys": [{"id": SERVER_ID, "public_key": to_text(KEYS[SERVER_ID])}]}
FORMS_JS = {
    name: {"contest": form.contest, "most": [field.most for field in form.fields]} for name, form in FORMS.items()
}
NOW = int(time.time())
together = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

JS = """
const { handover, device, receipt } = window;
const told = (verdict) => ({
  reason: verdict.reason, outcome: verdict.outcome, fault: verdict.fault, remarks: verdict.remarks,
  figures: verdict.handover && verdict.handover.figures,
});
const check = async (text) => told(await handover.check(text, {
  keys: await handover.readKeys(args.document), at: args.now, forms: args.forms,
}));
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page with the modules imported."""
    with app_page() as page:
        page.evaluate("""async () => {
            window.handover = await import("/handover.js");
            window.device = await import("/device_key.js");
            window.receipt = await import("/receipt.js");
            window.scanning = await import("/scan.js");
        }""")
        yield page


def run(page: Any, script: str, **args: Any) -> Any:
    """What a script gives; it sees its arguments as `args`."""
    given = {"document": DOCUMENT, "now": NOW, "forms": FORMS_JS, **args}
    return page.evaluate(f"async (args) => {{ {JS} {script} }}", given)


def certificate(public_key: bytes, server: Any = SERVER, **changes: Any) -> Certificate:
    """A certificate as the server gives it."""
    bare = Certificate(SERVER_ID, "3173011006272", "kpps", NOW - 60, NOW + 3600, public_key, b"")
    bare = replace(bare, **changes)
    return replace(bare, signature=sign_with(server, bare.message))


def result(**changes: Any) -> Handover:
    """A result that Python signed."""
    figures = (*range(len(FORM.names) - 1), None)
    bare = replace(Handover(certificate(public_key_of(DEVICE)), "ppwp", FORM.id, NOW, figures, b""), **changes)
    return replace(bare, signature=sign_with(DEVICE, bare.message))


def in_python(text: str) -> dict[str, Any]:
    """Python's verdict in the shape of JavaScript's."""
    verdict = check_handover(text, KEYS, NOW)
    found = verdict.handover
    return {
        "reason": str(verdict.reason),
        "outcome": str(verdict.outcome),
        "fault": verdict.fault and str(verdict.fault),
        "remarks": [str(remark) for remark in verdict.remarks],
        "figures": found and list(found.figures),
    }


def test_a_phone_makes_a_result_that_python_reads_and_finds_genuine(page: Any) -> None:
    """The phone's own key, the server's certificate for it, and the result: the whole way."""
    public_key = run(page, 'return (await device.deviceKey("3173011006272a")).publicKey;')
    given = to_text(encode_certificate(certificate(from_text(public_key))))
    figures = [*range(len(FORM.names) - 1), None]
    text, seen = run(
        page,
        """
        await device.keepCertificate("3173011006272a", args.given);
        const { privateKey } = await device.deviceKey("3173011006272a");
        const certificate = await device.certificateOf("3173011006272a", "3173011006272", args.now);
        const text = await handover.handOver({
          certificate, privateKey, contest: "ppwp", form: args.form, at: args.now, figures: args.figures,
        });
        return [text, await check(handover.linkOf("https://kpu.example", text))];
        """,
        given=given,
        form=FORM.id,
        figures=figures,
    )
    assert decode(text).figures == tuple(figures) and decode(text).station == "3173011006272"
    assert seen == in_python(text) and seen["reason"] == "genuine"


def test_a_phone_finds_genuine_what_python_signed(page: Any) -> None:
    """The server's side and the phone's agree."""
    text = encode(result())
    assert run(page, "return check(args.text);", text=text) == in_python(text)
    assert in_python(text)["reason"] == "genuine"


def test_every_byte_is_covered_on_the_phone(page: Any) -> None:
    """A text with any one byte changed is genuine no more, and both sides say the same of it."""
    data = from_text(encode(result()))
    texts = [
        to_text(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
        for at in range(len(data))
        for bit in (1, 128)
    ]
    seen = run(page, "return Promise.all(args.texts.map(check));", texts=texts)
    assert all(verdict["outcome"] != "genuine" for verdict in seen)
    assert seen == [in_python(text) for text in texts]


def test_both_sides_give_the_same_verdicts(page: Any) -> None:
    """Odd times, forms, certificates and bad texts."""
    mine = public_key_of(DEVICE)
    texts = [
        encode(result(at=NOW - 61)),
        encode(result(at=NOW + 601)),
        encode(result(at=NOW + 3601)),
        encode(result(contest="pdpr")),
        encode(result(form="C.HASIL-X/2029")),
        encode(result(form="constructor")),
        encode(result(figures=(1, 2))),
        encode(result(figures=(1000,) * len(FORM.names))),
        encode(result(figures=(None,) * len(FORM.names))),
        encode(result(certificate=certificate(mine, server=DEVICE))),
        encode(result(certificate=certificate(mine, key="0" * 16))),
        encode(result(certificate=certificate(bytes(64)))),
        encode(replace(result(), signature=bytes(64))),
        encode(replace(result(), at=NOW - 1)),
        *(text for text, _ in BAD.values()),
    ]
    seen = run(page, "return Promise.all(args.texts.map(check));", texts=texts)
    assert seen == [in_python(text) for text in texts]
    assert {verdict["reason"] for verdict in seen} == set(WORDS) - {"ended"}


def test_both_sides_have_the_same_words(page: Any) -> None:
    """What a witness reads on the phone is what the server says."""
    assert run(page, "return [handover.WORDS, handover.REMARKS];") == [
        {str(reason): {"id": label.id, "en": label.en} for reason, label in words.items()}
        for words in (WORDS, REMARKS)
    ]


@together
@given(st.lists(handovers(), min_size=1, max_size=20))
def test_the_phone_reads_what_python_writes(page: Any, found: list[Handover]) -> None:
    """Any result, field by field."""
    seen = run(
        page,
        """return args.texts.map((text) => {
          const { certificate: c, contest, form, at, figures, message } = handover.decode(text);
          const parts = [c.publicKey, c.signature, c.message, message].map(handover.toText);
          return [c.key, c.station, c.role, c.issued, c.expires, contest, form, at, figures, parts];
        });""",
        texts=[encode(handover) for handover in found],
    )
    assert seen == [
        [
            c.key, c.station, c.role, c.issued, c.expires, h.contest, h.form, h.at, list(h.figures),
            [to_text(part) for part in (c.public_key, c.signature, c.message, h.message)],
        ]
        for h in found for c in [h.certificate]
    ]  # fmt: skip


@together
@given(st.lists(st.none() | st.integers(0, MOST_VALUE), min_size=1, max_size=300), st.integers(0, 2**32 - 1))
def test_python_reads_what_the_phone_writes(page: Any, figures: list[int | None], at: int) -> None:
    """Any figures, at any time."""
    made = run(
        page,
        """
        const { privateKey } = await device.deviceKey("any");
        return handover.handOver({
          certificate: args.given, privateKey, contest: "pdpr", form: "C.HASIL-DPR/2024", at: args.at,
          figures: args.figures,
        });""",
        given=to_text(encode_certificate(RESULT.certificate)),
        figures=figures,
        at=at,
    )
    found = decode(made)
    assert (found.at, found.figures, found.certificate) == (at, tuple(figures), RESULT.certificate)
    assert encode(found) == made


@together
@given(st.lists(st.binary(max_size=80).map(to_text) | st.text(max_size=60), max_size=40))
def test_both_sides_refuse_the_same(page: Any, texts: list[str]) -> None:
    """Whatever is scanned or pasted has the same fault on both sides."""

    def fault(text: str) -> str:
        with pytest.raises(HandoverError) as caught:
            decode(text)
        return str(caught.value.fault)

    texts = [text.encode("utf-16", "replace").decode("utf-16") for text in texts]
    seen = run(
        page, "return Promise.all(args.texts.map(async (text) => (await check(text)).fault));", texts=texts
    )
    assert seen == [fault(text) for text in texts]


def test_the_key_stays_in_the_device(page: Any) -> None:
    """It cannot be exported, it is there after a reload, tabs at once share it, and logging out forgets it."""
    first = run(
        page,
        """
        const both = await Promise.all([device.deviceKey("b"), device.deviceKey("b")]);
        const fails = await crypto.subtle.exportKey("pkcs8", both[0].privateKey).then(() => "", (e) => e.name);
        return [both[0].publicKey, both[1].publicKey, fails, both[0].privateKey.extractable];
        """,
    )
    assert first == [first[0], first[0], "InvalidAccessError", False]
    assert run(page, 'return (await device.deviceKey("b")).publicKey;') == first[0]
    given = to_text(encode_certificate(certificate(from_text(first[0]))))
    seen = run(
        page,
        """
        await device.deviceKey("c");
        const refused = await device.keepCertificate("c", args.given).then(() => "", (error) => error.message);
        await device.keepCertificate("b", args.given);
        const at = (time) => device.certificateOf("b", "3173011006272", time);
        const kept = [await at(args.now) === args.given, await at(args.now - 61), await at(args.now + 3601)];
        await device.forget("b");
        const other = (await device.deviceKey("b")).publicKey;
        return [refused, kept, await at(args.now), other !== args.first];
        """,
        given=given,
        first=first[0],
    )
    assert "not that of this device's key" in seen[0]
    assert seen[1:] == [[True, None, None], None, True]


@pytest.mark.parametrize(
    "change",
    [
        "figures: []",
        "figures: [-1]",
        "figures: [1.5]",
        "figures: [1000000]",
        "figures: [undefined]",
        'contest: "X"',
        'form: ""',
        "at: -1",
        "at: 4294967296",
        "at: 0.5",
    ],
)
def test_a_phone_signs_nothing_that_cannot_be_read(page: Any, change: str) -> None:
    """A wrong field is refused before it is signed."""
    script = f"""
        const {{ privateKey }} = await device.deviceKey("any");
        const fields = {{ certificate: args.given, privateKey, contest: "ppwp", form: "F", at: 1, figures: [1] }};
        return handover.handOver(Object.assign(fields, {{ {change} }})).then(() => "", (error) => error.name);
    """
    assert run(page, script, given=to_text(encode_certificate(RESULT.certificate))) == "RangeError"


def test_a_phone_checks_receipts(page: Any) -> None:
    """The server's signature holds over the content as it stands, in whatever order."""
    content = {
        "sha256": "ab",
        "page": 2,
        "name": 'Éa\u2028😀"',
        "z": None,
        "a": [True, {"b": 1}],
        "key": SERVER_ID,
    }
    signature = sign_with(SERVER, RECEIPT_DOMAIN + canonical(content))
    made = {**content, "signature": to_text(signature)}
    texts = [made, dict(reversed(made.items())), {**made, "page": 3}, {**made, "more": 1}, {}, {"key": SERVER_ID}]
    script = """
        const keys = await handover.readKeys(args.document);
        return Promise.all(args.receipts.map((item) => receipt.isReceipt(item, keys)));
    """
    assert run(page, script, receipts=texts) == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    "document", [None, {}, {"keys": [{"id": "00", "public_key": DOCUMENT["keys"][0]["public_key"]}]}]
)
def test_a_phone_takes_no_key_under_another_id(page: Any, document: Any) -> None:
    """What is no list of keys is refused."""
    script = "return handover.readKeys(args.other).then(() => '', (error) => error.name);"
    assert run(page, script, other=document) == "HandoverError"


def test_a_browser_that_cannot_scan_says_so(page: Any) -> None:
    """The button for scanning is shown only where scanning works; on this desktop it does not."""
    assert page.evaluate("() => window.scanning.canScan()") is False


# Debian's Chromium has no BarcodeDetector: this one sees another code first, then the result's.
DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    if (!(video.videoWidth > 0)) throw new DOMException("no frame yet", "InvalidStateError");
    window.looks += 1;
    return window.looks < 3 ? [] : window.looks < 5 ? [{ rawValue: "other" }] : [{ rawValue: "#AQ" }];
  }
};
window.looks = 0;
window.video = document.body.appendChild(document.createElement("video"));
window.tracks = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""


def test_the_camera_is_read_until_a_result_is_seen_and_then_off(page: Any) -> None:
    """What `accept` refuses is passed over; an ended scan gives null; the camera never stays on."""
    page.evaluate(f"() => {{ {DETECTOR} }}")
    assert page.evaluate("() => window.scanning.canScan()") is True
    seen = page.evaluate("""async () => {
        const accept = (text) => text.startsWith("#");
        const found = await window.scanning.scan(window.video, { signal: new AbortController().signal, accept });
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 400);
        const ended = await window.scanning.scan(window.video, { signal: stop.signal, accept: () => false });
        return [found, ended, window.tracks.map((track) => track.readyState), window.video.srcObject];
    }""")
    assert seen == ["#AQ", None, ["ended", "ended"], None]
