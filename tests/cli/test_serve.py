"""The local server: right types, nothing listed, nothing outside its folder."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sirekap.cli.serve import make_server
from sirekap.errors import InputError


@pytest.fixture
def site(tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    """A small tree, served; beside it a secret."""
    root = tmp_path / "public"
    (root / "data/empty").mkdir(parents=True)
    (root / "log/tile/0").mkdir(parents=True)
    for name in ("index.html", "data/a.json", "data/a.csv", "data/a.parquet", "log/checkpoint", "log/tile/0/000"):
        (root / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "way-out").symlink_to(tmp_path)
    (root / ".hidden").write_text("secret")
    with make_server(root, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
        yield connection
        connection.close()
        server.shutdown()


def get(site: http.client.HTTPConnection, path: str) -> tuple[int, str, bytes]:
    site.putrequest("GET", path)
    site.endheaders()
    answer = site.getresponse()
    return answer.status, answer.headers.get("Content-Type", ""), answer.read()


@pytest.mark.parametrize(
    "path, kind",
    [
        ("/", "text/html; charset=utf-8"),
        ("/?x=1", "text/html; charset=utf-8"),
        ("/data/a.json", "application/json"),
        ("/data/a.csv", "text/csv; charset=utf-8"),
        ("/data/a.parquet", "application/vnd.apache.parquet"),
        ("/log/checkpoint", "text/plain; charset=utf-8"),
        ("/log/tile/0/000", "application/octet-stream"),
    ],
)
def test_files_have_their_types(site: http.client.HTTPConnection, path: str, kind: str) -> None:
    """Each kind of file is served as what it is."""
    status, found, _ = get(site, path)
    assert (status, found) == (200, kind)


@pytest.mark.parametrize(
    "path",
    [
        "/data/",
        "/data/empty/",
        "/none",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/data/..%2f..%2fsecret.txt",
        "/way-out/secret.txt",
        "/.hidden",
        "//secret.txt",
        "/a%00b",
    ],
)
def test_nothing_else_is_shown(site: http.client.HTTPConnection, path: str) -> None:
    """No listing, no way out of the folder, no hidden file."""
    status, _, body = get(site, path)
    assert status == 404 and b"secret" not in body.replace(b"secret.txt", b"")


def test_taken_port_is_told(tmp_path: Path) -> None:
    """A second server on the same port is refused in words."""
    with make_server(tmp_path, "127.0.0.1", 0) as server, pytest.raises(InputError, match="--port"):
        make_server(tmp_path, "127.0.0.1", server.server_address[1])
