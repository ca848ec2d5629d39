"""The API against its own description: whatever the description allows is answered as it says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sirekap.web.settings import configure_web

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import PATIENT  # noqa: E402
from tests.web.site import STATION, TestSite, make_site  # noqa: E402

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def description() -> Any:
    """The API as it describes itself."""
    configure_web()
    from django.conf import settings as django

    import sirekap.web.urls  # noqa: F401  # the address of the API is part of its description
    from sirekap.web.api import api

    django.ROOT_URLCONF = "sirekap.web.urls"
    return schemathesis.openapi.from_dict(api.get_openapi_schema())


OPERATIONS = [result.ok() for result in description().get_all_operations()]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A site of this module's own: the calls write whatever they like."""
    return make_site(tmp_path_factory.mktemp("api"), PATIENT)


@pytest.mark.slow
@pytest.mark.parametrize("known", [True, False], ids=["at their station", "anywhere"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_every_call_is_answered_as_described(operation: Any, known: bool, tried: TestSite) -> None:
    """As an officer (at the desk and in plenaries: of the district), with the CSRF token: no fault of ours, no
    status and no shape that the description lacks.
    """
    role = "ppk" if "/desk/" in operation.path or "/plenaries" in operation.path else "kpps"
    client = tried.client(role)
    ends_session = operation.method.upper() == "DELETE" and role == "kpps"  # the others need the session

    @FEW
    @given(operation.as_strategy())
    def call(case: Any) -> None:
        if known and "station" in (case.path_parameters or {}):
            case.path_parameters |= {"station": STATION, "contest": "ppwp"}
        if known and "/plenaries/" in operation.path:
            case.path_parameters |= {"unit": "317301", "contest": "ppwp"}
        token = "none" if ends_session else tried.tokens[role]
        cookies = {**client.cookies, "sirekap_session": token}
        # In this process nothing unpacks an answer, as every browser does.
        headers = {
            "X-CSRFToken": client.cookies["sirekap_csrf"],
            "Host": "localhost",
            "Accept-Encoding": "identity",
        }
        response = case.call(app=tried.app, base_url="http://localhost", headers=headers, cookies=cookies)
        case.validate_response(response, checks=CHECKS)

    call()
