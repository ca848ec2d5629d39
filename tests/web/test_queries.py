"""How often the database is asked for one photograph; the number may fall and must not grow."""

from hashlib import sha256

from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.web.pictures import jpeg
from tests.web.site import TestSite
from tests.web.test_uploads import deliver

MOST = {"state": 4, "piece": 4, "delivery": 20}


def test_a_photograph_in_one_piece_asks_the_database_no_more_than_before(fresh: TestSite) -> None:
    """The question how much is there, the bytes, the delivery; the account's first one made the server's key."""
    client, data = fresh.client("kpps"), jpeg(seed=2)
    where = f"/api/v1/uploads/{sha256(data).hexdigest()}"
    client.get("/api/v1/keys")
    acts = {
        "state": lambda: client.get(where),
        "piece": lambda: client.ask("PUT", f"{where}?offset=0&size={len(data)}", data),
        "delivery": lambda: deliver(client, data),
    }
    for name, act in acts.items():
        with CaptureQueriesContext(connections[fresh.workspace.alias]) as asked:
            assert act().status in (200, 201)
        assert len(asked) <= MOST[name], (name, [query["sql"] for query in asked])
