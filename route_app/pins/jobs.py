"""The long work on pins: look up where accounts are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from route_app.accounts import queries as accounts
from route_app.accounts.pin import ADDRESS
from route_app.accounts.service import geocode_later
from route_app.pins import geocoding, service
from route_app.roads.address_books import AddressBooks, Shelf
from route_app.roads.geocoding import open_chain, settings_of
from route_app.users.queries import company

if TYPE_CHECKING:
    from sqlmodel import Session

    from route_app.queue.work import Work
    from route_app.roads.geocoder_chain import GeocoderChain

REMOTE_IN_ONE_GO = 300  # then what was found is stored, and the rest is another piece of work
PATIENCE_S = 120.0  # for a turn at a service that other work is asking, too


@dataclass(slots=True)
class _Round:
    """What came of the addresses so far: answers to store, and accounts for when a hold ends."""

    found: list[dict[str, Any]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)  # nothing was found, and a service is on hold
    coarse: list[str] = field(default_factory=list)  # a pin, but that service may know better
    done: int = 0


def geocode(work: "Work") -> None:
    """Look up addresses without a pin: in the built networks first, then at a service if set.

    What a service would have to be asked that asks for a pause, or whose budget is used up, stays
    as it is and is other work for when that ends; the address books answer all the same.
    """
    ids, again = work.payload.get("account_ids"), bool(work.payload.get("again"))
    coarse = bool(work.payload.get("coarse"))
    with work.reading() as session:
        waiting = accounts.to_geocode(session, account_ids=ids, again=again, coarse=coarse)
        country = company(session).country
    books = Shelf().books(work.roads)
    told = settings_of(work.options)
    chain = open_chain(books, told, work.roads.root.parent, patience_s=PATIENCE_S)
    now = _look_up(work, waiting, chain, country=country)
    result: dict[str, int] = {}
    with work.storing(result) as session:
        placed = service.store_pins(session, now.found)
        left = [account["id"] for account in waiting[now.done :]]
        if ids is None and not coarse:  # what came in meanwhile was told that this is under way
            fresh = accounts.to_geocode(session, account_ids=None, again=False)
            left += sorted({account["id"] for account in fresh} - {*left, *now.held})
        if left:
            geocode_later(
                session, asked_by_id=work.asked_by_id, account_ids=left, again=again, coarse=coarse
            )
        if chain is not None and chain.holds:
            _wait(session, work, now, chain)
        result.update(looked_up=len(now.found), placed=placed, left=len(left), held=len(now.held))


def _look_up(
    work: "Work",
    waiting: Sequence[Mapping[str, str]],
    chain: "GeocoderChain | None",
    *,
    country: str,
) -> _Round:
    """Look addresses up until all are done or the services were asked often enough."""
    now = _Round()
    for account in waiting:
        answer = geocoding.locate({**account, "country": account["country"] or country}, chain)
        on_hold = chain is not None and bool(chain.holds)
        if on_hold and answer.wants_more and answer.lat is None:
            now.held.append(account["id"])
        else:
            now.found.append(
                {
                    "id": account["id"], "lat": answer.lat, "lon": answer.lon,
                    "quality": answer.quality, "reason": answer.reason,
                    **{part: account[part] for part in ADDRESS},
                }
            )  # fmt: skip
            if on_hold and answer.wants_more:
                now.coarse.append(account["id"])
        now.done += 1
        work.progress(now.done / len(waiting), f"{now.done:,} of {len(waiting):,} addresses")
        if chain and chain.asked.total() - chain.asked[AddressBooks.name] >= REMOTE_IN_ONE_GO:
            break
    return now


def _wait(session: "Session", work: "Work", now: _Round, chain: "GeocoderChain") -> None:
    """Have looked up later what needs a service that is on hold."""
    name, hold = min(chain.holds.items(), key=lambda item: item[1].until)
    again, coarse = bool(work.payload.get("again")), bool(work.payload.get("coarse"))
    for ids, mode in ((now.held, (again, coarse)), (now.coarse, (False, True))):
        service.look_up_after(
            session, ids, again=mode[0], coarse=mode[1], until=hold.until,
            why=f"{name}: {hold.why}.", asked_by_id=work.asked_by_id,
        )  # fmt: skip
