"""What a handler is given: its payload, places to read and store, and a way to say how far it is.

A handler is `def plan_day(work: Work) -> None`. It reads, works without holding anything, and
writes its effect in `with work.storing(result) as session:`, once. It may be run again from the
start at any time (its machine may be gone), so nothing before `storing` may leave a trace.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlmodel import Session

from route_app.db import transaction
from route_app.queue import leases
from route_app.queue.leases import Claim

if TYPE_CHECKING:
    from route_app.roads.store import RoadStore

_SHORTEST_BETWEEN_REPORTS_S = 0.25


class Fenced(Exception):
    """Another worker has this work by now; whatever this one made must not be stored."""


class Cancelled(Exception):
    """Somebody called this work off."""


class Work:
    """One claimed piece of work, as its handler sees it.

    `payload` is what was asked for, `asked_by_id` who asked (None for the product itself),
    `roads` the road networks, `options` plain settings a handler may need: `plan_seconds`,
    `geocoders`, `geocoder_options`, `geocoder_url`, `geocoder_user_agent`.
    """

    def __init__(
        self,
        engine: Engine,
        claim: Claim,
        *,
        roads: "Callable[[], RoadStore]",
        options: Mapping[str, Any],
        lease_s: float,
    ) -> None:
        """Stand for a claim on this database. `roads` is called when they are first needed."""
        self.id = claim.id
        self.payload: Mapping[str, Any] = claim.payload
        self.asked_by_id = claim.asked_by_id
        self.attempt = claim.attempt
        self.options = options
        self._open_roads = roads
        self._engine = engine
        self._fence = claim.fence
        self._lease_s = lease_s
        self._reported_at: float | None = None
        self._storing = False
        self.stored = False

    @cached_property
    def roads(self) -> "RoadStore":
        """Return the road networks of this installation."""
        return self._open_roads()

    def reading(self) -> AbstractContextManager[Session]:
        """Return a context that yields a session for reading only."""
        return transaction(self._engine, write=False)

    def progress(self, fraction: float, text: str = "") -> None:
        """Say how far the work is (0 to 1) and in a few words what it does; renews the lease.

        Raises Cancelled when somebody called the work off, Fenced when another worker has it.
        Cheap to call in a loop: most calls within a quarter of a second write nothing. Not
        within `storing`, which holds the row.
        """
        if self._storing:
            raise RuntimeError("progress() waits for the row that storing() holds; call it before.")
        now = time.monotonic()
        if self._reported_at is not None and now - self._reported_at < _SHORTEST_BETWEEN_REPORTS_S:
            return
        self._reported_at = now
        with transaction(self._engine) as session:
            kept = leases.report(
                session,
                self.id,
                fence=self._fence,
                lease_s=self._lease_s,
                fraction=fraction,
                text=text,
            )
        if not kept:
            raise self._why_lost()

    @contextmanager
    def storing(self, result: dict[str, Any] | None = None) -> Iterator[Session]:
        """Yield a session for the effect, and mark the work done in the same transaction.

        The row is locked and its fence checked first: Fenced or Cancelled is raised, and nothing
        stored, where this claim no longer stands. `result` (may be filled inside the block) is
        kept for whoever asked; keep it small and free of personal data.
        """
        if self.stored or self._storing:
            raise RuntimeError("storing() is for once: put the whole effect into one block.")
        self._storing = True
        try:
            with transaction(self._engine) as session:
                if not leases.hold(session, self.id, fence=self._fence):
                    raise self._why_lost(session)
                yield session
                session.flush()
                leases.finish(session, self.id, fence=self._fence, result=result)
            self.stored = True
        finally:
            self._storing = False

    def _why_lost(self, session: Session | None = None) -> Exception:
        if session is not None:
            state = leases.state(session, self.id)
        else:
            with self.reading() as reading:
                state = leases.state(reading, self.id)
        return Cancelled(self.id) if state == "cancelled" else Fenced(self.id)


Handler = Callable[[Work], None]
