"""Pages from templates: texts in one language, everything escaped, no script in them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sirekap.access import ROLES, Act
from sirekap.flow.desk_views import DESK_ACTS
from sirekap.flow.plenary_views import OWN as PLENARY_ACTS
from sirekap.geography import Tier, tier_of
from sirekap.publish.numbers import confidence, whole
from sirekap.review.notices import OF_UNITS, units_told
from sirekap.store.notices import MOST_COUNTED, how_many_new
from sirekap.store.sessions import Signed
from sirekap.web.site import LANGUAGE_COOKIE, is_loopback, language_of, signed_of, workspace_of
from sirekap.web.wording import LANGUAGES, OTHER, TEXTS, clock, moment, plain, wording

TEMPLATES = Path(__file__).parent / "templates"
NOTICES = "/app/kabar/"
YEAR = 365 * 24 * 3600


@cache
def environment() -> Environment:
    """The templates, read once."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["whole"], made.filters["confidence"], made.filters["moment"] = whole, confidence, moment
    made.filters["clock"], made.globals["uuid"] = clock, uuid4
    made.filters["act"], made.filters["iso"] = act_of, datetime.fromisoformat
    return made


def page(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page as an answer; the language that `?lang=` chose is kept in a cookie."""
    language = language_of(request)
    signed = _known(request)
    text = (
        environment()
        .get_template(template)
        .render(
            t=wording(language),
            t_other=wording(OTHER[language]),
            language=language,
            other=OTHER[language],
            switch=_switch(request, OTHER[language]),
            csrf=csrf_field(request),
            signed=signed,
            menu=menu(signed),
            news=_news(request, signed),
            here=request.path,
            **values,
        )
    )
    response = HttpResponse(text, status=status)
    response.headers["Content-Language"] = language
    if request.GET.get("lang") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=YEAR,
            secure=not is_loopback(request),
            samesite="Strict",
            httponly=True,
        )
    return response


def act_of(event: Any, language: str) -> str:
    """What was done, in words; an act that has none yet as it was written down."""
    key = f"event_{event.act}"
    return plain(language)(key) if key in TEXTS else str(event.act)


def csrf_field(request: HttpRequest) -> Markup:
    """The hidden field that every form of ours holds."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))


def menu(signed: Signed | None) -> list[tuple[str, str]]:
    """Where the holder of a session may go: address and key of its wording."""
    if signed is None:
        return [("/app/masuk", "menu_log_in")]
    acts = {act: mandate.unit for mandate in reversed(signed.mandates) for act in _acts(mandate.role)}
    places = []
    if Act.SEND_PHOTO in acts or Act.SEND_COPY in acts:
        places.append(("/app/", "menu_app"))
    if Act.SEE_BOARD in acts:
        places.append((f"/app/unit/{acts[Act.SEE_BOARD]}/", "menu_board"))
    if acts.keys() & set(DESK_ACTS):
        places.append(("/app/meja/", "menu_desk"))
    if acts.keys() & set(PLENARY_ACTS) and any(tier_of(m.unit) <= Tier.DISTRICT for m in signed.mandates):
        places.append(("/app/pleno/", "menu_plenary"))
    if Act.MANAGE_ACCOUNTS in acts:
        places.append(("/app/akun/", "menu_accounts"))
    if any(units_told(signed.mandates, kind) for kind in OF_UNITS):
        places.append((NOTICES, "menu_notices"))
    return [*places, ("/app/perangkat", "menu_devices"), ("/app/keluar", "menu_log_out")]


def _news(request: HttpRequest, signed: Signed | None) -> str:
    """How many notices are new, beside their entry of the menu; empty where none is, or it has none."""
    if signed is None or NOTICES not in dict(menu(signed)):
        return ""
    try:
        number = how_many_new(workspace_of(request), signed.login, signed.mandates)
    except DatabaseError:  # as in `_known`
        return ""
    return "" if not number else str(number) if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def _acts(role: str) -> list[Act]:
    return list(ROLES[role].acts)


def _known(request: HttpRequest) -> Signed | None:
    """Who asks, for the menu; a page about a fault must not stumble over the same one."""
    try:
        return signed_of(request)
    except DatabaseError:
        return None


def _switch(request: HttpRequest, language: str) -> str:
    """This page's address in the other language."""
    query = {key: value for key, value in request.GET.items() if key != "lang"}
    return f"?{urlencode({**query, 'lang': language})}"
