from pathlib import Path

import pytest

from sirekap.web.limits import RATES, Buckets, Rate
from tests.web.site import TestSite, make_site

PATIENT = Buckets({kind: Rate(10**9, 10**9) for kind in RATES})


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    """A workspace with accounts and its web, for tests that leave the accounts as they are."""
    return make_site(tmp_path_factory.mktemp("site"), PATIENT)


@pytest.fixture
def fresh(tmp_path: Path) -> TestSite:
    """The same for one test alone."""
    return make_site(tmp_path, PATIENT)
