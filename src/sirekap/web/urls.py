"""Every address of the web. A test holds that each one is tried as every role (tests/web/test_access.py)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from sirekap.web.api import api
from sirekap.web.pages.accounts import account_page, accounts_page
from sirekap.web.pages.board import board_page
from sirekap.web.pages.board_files import counts_file, missing_file, staff_file, stations_file, stuck_file
from sirekap.web.pages.desk import desk_page
from sirekap.web.pages.desk_sheet import desk_sheet_page
from sirekap.web.pages.devices import devices_page
from sirekap.web.pages.entrance import activate_page, log_in_page, log_out_page, second_page
from sirekap.web.pages.files import asset, forms, public, service_worker, shell
from sirekap.web.pages.notices import address_page, notices_page
from sirekap.web.pages.plenary import part_page, plenaries_page, plenary_page, version_page
from sirekap.web.pages.reruns import rerun_page
from sirekap.web.pages.sheet import sheet_page
from sirekap.web.pages.twins import twins_page
from sirekap.web.problems import problem


def nothing(request: HttpRequest) -> HttpResponse:
    """There is nothing at this address."""
    return problem(request, 404, "address")


ROOT = "api-root"
patterns, app_name, namespace = api.urls
# django-ninja's own root leads to pages of documentation that load scripts from other hosts.
described = [
    path("", nothing, name=ROOT) if getattr(pattern, "name", "") == ROOT else pattern for pattern in patterns
]

urlpatterns = [
    path("api/v1/", (described, app_name, namespace)),
    path("app/", shell),
    path("app/periksa", shell),
    path("app/sw.js", service_worker),
    path("app/forms.json", forms),
    path("app/assets/<path:path>", asset),
    path("app/masuk", log_in_page),
    path("app/aktivasi", activate_page),
    path("app/faktor-kedua", second_page),
    path("app/perangkat", devices_page),
    path("app/kabar/", notices_page),
    path("app/surel", address_page),
    path("app/keluar", log_out_page),
    path("app/akun/", accounts_page),
    path("app/akun/<str:login>/", account_page),
    path("app/meja/", desk_page),
    path("app/meja/lembar/", desk_sheet_page),
    path("app/unit/<str:code>/", board_page),
    path("app/unit/<str:code>/counts.csv", counts_file),
    path("app/unit/<str:code>/stations.csv", stations_file),
    path("app/unit/<str:code>/missing.csv", missing_file),
    path("app/unit/<str:code>/stuck.csv", stuck_file),
    path("app/unit/<str:code>/staff.csv", staff_file),
    path("app/unit/<str:code>/kembar/", twins_page),
    path("app/pleno/", plenaries_page),
    path("app/pleno/<str:unit>/<str:contest>/", plenary_page),
    path("app/pleno/<str:unit>/<str:contest>/bagian/<str:part>/", part_page),
    path("app/pleno/<str:unit>/<str:contest>/versi/<int:version>/", version_page),
    path("app/tps/<str:station>/<str:contest>/", sheet_page),
    path("app/tps/<str:station>/<str:contest>/ulang/", rerun_page),
    re_path(r"^(?!app/|api/)(?P<path>.*)$", public),
]

handler400 = "sirekap.web.problems.bad_request"
handler404 = "sirekap.web.problems.not_found"
handler500 = "sirekap.web.problems.fault"
