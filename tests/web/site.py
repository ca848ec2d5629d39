"""A workspace with accounts of every role, its web in this process, and browsers without a screen for it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sirekap.access import ROLES, Mandate, second_factor
from sirekap.store.loading import now
from sirekap.store.models import Session
from sirekap.store.sessions import activate
from sirekap.store.setup import Workspace
from sirekap.web.limits import Buckets
from sirekap.web.wsgi import served
from tests.store.people import HEAD, PASSWORD, fast_passwords, loaded, make

STATION, OTHER = "3173011001001", "3173011002001"
FAR = "317302"
GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
3173011002,BENDUNGAN HILIR,4,2
317302,MENTENG,3,
3173021001,CIKINI,4,60
"""
# Each role at its own unit; what they are asked about lies there, beside it, or nowhere.
HOLDERS = {
    "kpps": (STATION, None),
    "pps": ("3173011001", None),
    "ppk": ("317301", None),
    "kpu_kabko": ("3173", None),
    "kpu_prov": ("31", None),
    "kpu_ri": ("0", None),
    "saksi": (STATION, "900001"),
    "bawaslu": ("3173011001", None),
    "ppid": ("3173", None),
    "auditor": ("3173", None),
    "admin": ("3173", None),
}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """A browser without a screen: it keeps cookies, and sends the CSRF token as a script or a form does."""

    def __init__(
        self, app: Any, host: str = "localhost", address: str = "10.1.1.1", scheme: str = "http"
    ) -> None:
        """`app` is the WSGI application."""
        self.app, self.host, self.address, self.scheme = app, host, address, scheme
        self.cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        csrf: bool = True,
        headers: Mapping[str, str] | None = None,
        length: str | None = None,
    ) -> Answer:
        """One request."""
        where, _, query = path.partition("?")
        said: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "REMOTE_ADDR": self.address,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": length if length is not None else str(len(body)) if body or method != "GET" else "",
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if csrf and "sirekap_csrf" in self.cookies:
            said["HTTP_X_CSRFTOKEN"] = self.cookies["sirekap_csrf"]
        said |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
        told: list[Any] = []
        response = self.app(said, lambda status, sent, info=None: told.append((status, sent)))
        data = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        status, sent = told[0]
        cookies: SimpleCookie = SimpleCookie()
        for name, value in sent:
            if name == "Set-Cookie":
                cookies.load(value)
        for name, morsel in cookies.items():
            if morsel["max-age"] == 0 or morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return Answer(int(status.split()[0]), dict(sent), data, cookies)

    def get(self, path: str, **more: Any) -> Answer:
        """Read."""
        return self.ask("GET", path, **more)

    def post(self, path: str, tree: Any, **more: Any) -> Answer:
        """Write JSON."""
        return self.ask("POST", path, json.dumps(tree).encode(), "application/json", **more)

    def form(self, path: str, csrf: bool = True, **values: str) -> Answer:
        """Send a form as a page does: the token in a hidden field."""
        sent = {**values, **({"csrfmiddlewaretoken": self.cookies.get("sirekap_csrf", "")} if csrf else {})}
        return self.ask("POST", path, urlencode(sent).encode(), "application/x-www-form-urlencoded", csrf=False)


@dataclass
class TestSite:
    """A workspace, its web, and who has an account there, by role."""

    __test__ = False

    workspace: Workspace
    app: Any
    logins: dict[str, str]
    tokens: dict[str, str]

    def client(self, role: str | None = None, **more: Any) -> Client:
        """A browser in which somebody of a role is logged in, with a second factor where one is needed."""
        made = Client(self.app, **more)
        made.get("/app/masuk")
        if role is not None:
            made.cookies["sirekap_session"] = self.tokens[role]
        return made


def make_site(folder: Path, buckets: Buckets | None = None) -> TestSite:
    """A workspace of two districts, with an account of each role."""
    fast_passwords()
    workspace = loaded(folder, GEOGRAPHY)
    held = {role: Mandate(role, *HOLDERS[role]) for role in ROLES if role in HOLDERS}
    rows = "".join(
        f"{role},{mandate.unit},{mandate.stands_for or ''},,{role}-x\n" for role, mandate in held.items()
    )
    _, codes = make(workspace, f"{HEAD}{rows}admin,0,,,admin-0\n", at=now())
    tokens = {}
    for role, mandate in held.items():
        opened = activate(workspace, f"{role}-x", codes[f"{role}-x"], PASSWORD, "tes", now())
        if second_factor([mandate]):
            opened = _with_second(workspace, opened.session)
        tokens[role] = opened if isinstance(opened, str) else opened.token
    return TestSite(workspace, served(workspace, buckets=buckets), {role: f"{role}-x" for role in held}, tokens)


def _with_second(workspace: Workspace, session: int) -> str:
    """The token of a session in which a second factor was shown; a test cannot wait for the next code."""
    from sirekap.store.sessions import _open

    account = workspace.rows(Session).get(pk=session).account
    return _open(workspace, account, "tes", now(), two_factors=True).token
