"""Whether tests are to be thorough: SIREKAP_THOROUGH=1 tries every page under every condition of finding."""

import os

THOROUGH = os.environ.get("SIREKAP_THOROUGH", "") not in ("", "0")
