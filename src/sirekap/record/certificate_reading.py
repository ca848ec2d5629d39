"""A certificate back from its JSON: so that a stranger can draw the paper again from the published data."""

from __future__ import annotations

import json

from sirekap.errors import InputError, Problem, quoted
from sirekap.record.certificate import SCHEMA, Certificate
from sirekap.record.typed import Wrong, value_of

MADE = ("schema", "model")
"""What the document has beside the certificate's own fields."""


def read_certificate(data: bytes, file: str = "certificate") -> Certificate:
    """The certificate of a JSON text as `record.certificate.body` writes it.

    Raises InputError, with the field, for another shape, and for data that would make a false table.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(file, "JSON", str(error))]) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else document
        raise InputError([Problem(file, SCHEMA, quoted(found), column="schema")])
    try:
        own = {name: value for name, value in document.items() if name not in MADE}
        certificate: Certificate = value_of(Certificate, own)
        if document.get("model") != certificate.model:
            raise Wrong("model", certificate.model, document.get("model"))
    except Wrong as wrong:
        raise InputError([Problem(file, wrong.expected, quoted(wrong.found), column=wrong.where)]) from wrong
    except ValueError as error:
        raise InputError([Problem(file, "a certificate", str(error))]) from error
    return certificate
