"""The long work on territories (its jobs), done as a worker does it."""

from route_app import worker
from route_app.db import transaction
from route_app.models import Account, Job
from route_app.queue import enqueue
from route_app.territory import service
from tests.conftest import make_settings
from tests.territory.shapes_at import EVERYWHERE


def test_accounts_follow_their_shapes_when_the_work_is_done(engine, cast, tmp_path):
    with transaction(engine) as session:
        service.set_shape(session, territory_id=cast["north"], version=1, shape=EVERYWHERE)
        shop = session.get(Account, cast["bakery"])
        owner, shop.owner_id, shop.owner_source = shop.owner_id, cast["carol"], "territory"
        session.add(shop)
        enqueue(session, id="r", kind="territory.reassign", payload={})
    assert worker.work_off(engine, make_settings(tmp_path, engine)) == ["r"]
    with transaction(engine, write=False) as session:
        done = session.get(Job, "r")
        assert (done.state, done.error) == ("done", "")
        assert session.get(Account, cast["bakery"]).owner_id == owner == cast["alice"]
        assert done.result["owner_changed"] >= 1
