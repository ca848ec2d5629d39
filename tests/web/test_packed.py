"""What is compressed on its way, and what never is because it holds a secret."""

import gzip

import pytest

from tests.web.site import STATION, TestSite

PACKED = ("/app/", "/app/periksa", "/app/sw.js", "/app/forms.json", "/app/assets/main.js", "/app/assets/app.css",
          "/app/assets/icon.svg", "/api/v1/work")  # fmt: skip
PLAIN = {
    "the log-in, whose form holds a token": "/app/masuk",
    "what is typed back at the one who asks": "/app/akun/?q=secret",
    "who somebody is": "/api/v1/me",
    "a sheet": f"/api/v1/sheets/ppwp/{STATION}",
    "a copy": f"/api/v1/copies/ppwp/{STATION}",
    "a page of a sheet": f"/app/tps/{STATION}/ppwp/",
    "devices": "/app/perangkat",
    "what is packed already": "/app/assets/icon-512.png",
    "what is no page": "/app/assets/none.js",
}
GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.mark.parametrize("path", PACKED)
def test_files_of_the_app_and_its_forms_are_compressed(site: TestSite, path: str) -> None:
    """To the very same bytes, for who takes it; others get them as they are."""
    client = site.client("kpps")
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    if len(plain.body) < 1000:
        assert "Content-Encoding" not in packed.headers
        return
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert len(packed.body) < 0.7 * len(plain.body) and int(packed.headers["Content-Length"]) == len(packed.body)
    assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
    if path != "/api/v1/work":  # it says what time it is
        assert gzip.decompress(packed.body) == plain.body
    refused = client.get(path, headers={"Accept-Encoding": "br, gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("path", PLAIN.values(), ids=PLAIN)
def test_answers_with_a_secret_are_never_compressed(site: TestSite, path: str) -> None:
    """Their length would tell, letter by letter, what stands in them."""
    for role in ("kpps", "admin"):
        assert "Content-Encoding" not in site.client(role).get(path, headers=GZIP).headers


def test_a_file_that_did_not_change_is_not_sent_again(site: TestSite) -> None:
    """Compressed or not it is the same file."""
    client = site.client()
    tag = client.get("/app/assets/main.js", headers=GZIP).headers["ETag"]
    again = client.get("/app/assets/main.js", headers={**GZIP, "If-None-Match": tag})
    assert again.status == 304 and again.body == b"" and tag.startswith("W/")
