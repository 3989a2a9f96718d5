"""The long work on pins: look up where accounts are."""

from typing import TYPE_CHECKING

from route_app.accounts import queries as accounts
from route_app.accounts.pin import ADDRESS
from route_app.accounts.service import geocode_later
from route_app.pins import geocoding, service
from route_app.roads.address_books import Shelf
from route_app.roads.geocoding import asks_services, open_chain, settings_of
from route_app.users.queries import company

if TYPE_CHECKING:
    from route_app.queue.work import Work

REMOTE_IN_ONE_GO = 300  # then what was found is stored, and the rest is another piece of work
PATIENCE_S = 120.0  # for a turn at a service that other work is asking, too


def geocode(work: "Work") -> None:
    """Look up addresses without a pin: in the built networks first, then at a service if set."""
    ids, again = work.payload.get("account_ids"), bool(work.payload.get("again"))
    coarse = bool(work.payload.get("coarse"))
    with work.reading() as session:
        waiting = accounts.to_geocode(session, account_ids=ids, again=again, coarse=coarse)
        country = company(session).country
    told = settings_of(work.options)
    books = Shelf().books(work.roads)
    source = open_chain(books, told, work.roads.root.parent, patience_s=PATIENCE_S)
    remote = asks_services(told)
    found: list[dict[str, object]] = []
    asked = 0
    for account in waiting:
        address = account | {"country": account["country"] or country}
        answer = geocoding.locate(address, source)
        found.append(
            {
                "id": account["id"], "lat": answer.lat, "lon": answer.lon,
                "quality": answer.quality, "reason": answer.reason,
                **{part: account[part] for part in ADDRESS},
            }
        )  # fmt: skip
        work.progress(len(found) / len(waiting), f"{len(found):,} of {len(waiting):,} addresses")
        if remote and not answer.was_local:
            asked += 1
        if asked >= REMOTE_IN_ONE_GO:
            break
    result: dict[str, int] = {}
    with work.storing(result) as session:
        placed = service.store_pins(session, found)
        left = [account["id"] for account in waiting[len(found) :]]
        if ids is None:  # what came in meanwhile was told that this work is under way already
            fresh = accounts.to_geocode(session, account_ids=None, again=False)
            left += sorted({account["id"] for account in fresh} - set(left))
        if left:
            geocode_later(
                session, asked_by_id=work.asked_by_id, account_ids=left, again=again, coarse=coarse
            )
        result.update(looked_up=len(found), placed=placed, left=len(left))
