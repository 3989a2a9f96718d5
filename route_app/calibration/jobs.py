"""Learning in the background: now, and every night."""

from datetime import UTC, date, datetime

from route_app.calibration import service
from route_app.queue.work import Work


def learn(work: Work) -> None:
    """Learn from the team's check-ins: read, ask the roads with nothing held, store at once."""
    with work.reading() as session:
        evidence = service.gather(session, now=datetime.now(UTC))

    def progress(share: float, text: str) -> None:
        work.progress(0.05 + 0.85 * share, text)

    observation = service.look(evidence, work.roads, progress=progress)
    work.progress(0.95, "Keeping what was learned")
    result: dict[str, object] = {}
    with work.storing(result) as session:
        result["drives"] = service.store(session, observation).drives


def learn_night(work: Work) -> None:
    """Ask for the learning now, and for the same tomorrow night."""
    day = date.fromisoformat(str(work.payload["day"]))
    with work.storing({}) as session:
        service.learn_night(session, day=day)
