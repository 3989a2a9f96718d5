"""Road networks in the background: asking for one, building it, and checking who lies on it.

It stands here, not in `roads`, because the queue lies above the roads, and because what a new
network must answer first is which accounts it reaches.
"""

from typing import TYPE_CHECKING, Any

from route_app import queue
from route_app.accounts import queries
from route_app.accounts.road_access import access_of
from route_app.errors import Conflict
from route_app.roads import jobs
from route_app.roads.jobs import BuildRequest, read_request

if TYPE_CHECKING:
    from sqlmodel import Session

    from route_app.models import Job
    from route_app.queue.work import Work

BUILD = "roads.build"
CHECK = "roads.check_accounts"


def build_later(
    session: "Session", *, request: BuildRequest, asked_by_id: str | None = None
) -> "Job":
    """Ask for a network; Conflict while one of the same name is being built from something else."""
    row = queue.enqueue(
        session,
        id=build_id(request.name),
        kind=BUILD,
        payload=request.payload(),
        asked_by_id=asked_by_id,
        # somebody waits to hear that a server cannot be reached; a file is here, whatever happens
        max_attempts=4 if request.upload else 2,
    )
    if read_request(row.payload) != request:
        raise Conflict(
            f"The network {request.name} is being built from {read_request(row.payload).said}. "
            "Wait until that is done, or stop it, or give this one another name.",
            field="name",
        )
    return row


def check_later(session: "Session", *, name: str, asked_by_id: str | None = None) -> "Job":
    """Ask for the accounts to be checked against a network."""
    return queue.enqueue(
        session, id=check_id(name), kind=CHECK, payload={"name": name}, asked_by_id=asked_by_id
    )


def build_id(name: str) -> str:
    """Return the id of the job that builds a network."""
    return f"{BUILD}:{name}"


def check_id(name: str) -> str:
    """Return the id of the job that checks the accounts against a network."""
    return f"{CHECK}:{name}"


def build(work: "Work") -> None:
    """Build the network asked for, and have the accounts checked against it.

    The store puts it in place in one step, so a build that is killed leaves the network before in
    use, and one that is done twice finds its own work.
    """
    request = read_request(work.payload)
    report = jobs.build(work.roads, request, progress=work.progress)
    with work.storing({"network": report.name, "version": report.version}) as session:
        check_later(session, name=report.name, asked_by_id=work.asked_by_id)


def check(work: "Work") -> None:
    """Find the road of every account with a pin, and keep which have none."""
    name = str(work.payload["name"])
    work.progress(0.1, "Opening the roads")
    travel = work.roads.open_embedded(name)
    work.progress(0.5, "Finding the road of every account")
    with work.reading() as session:
        pins = queries.pins(session)
    result: dict[str, Any] = access_of(pins, travel).payload()
    with work.storing(result):
        pass
