"""Who does the work that was asked for: the registry of handlers, and the engines that run them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from route_app.db import transaction
from route_app.queue import child, leases
from route_app.queue.child import Spec
from route_app.queue.supervisor import Supervisor, stop_on_signals
from route_app.roads.road_server import RoadServer
from route_app.settings import Settings

# Imported only when such work is done, so that one broken feature leaves the others working.
TASKS: Mapping[str, str] = MappingProxyType(
    {
        "planning.plan_day": "route_app.planning.jobs:plan_day",
        "planning.plan_team": "route_app.planning.jobs:plan_team",
        "planning.plan_night": "route_app.planning.jobs:plan_night",
        "accounts.check_import": "route_app.accounts.jobs:check_import",
        "accounts.apply_import": "route_app.accounts.jobs:apply_import",
        "accounts.geocode": "route_app.pins.jobs:geocode",
        "roads.build": "route_app.accounts.road_jobs:build",
        "roads.check_accounts": "route_app.accounts.road_jobs:check",
        "calibration.learn": "route_app.calibration.jobs:learn",
        "calibration.learn_night": "route_app.calibration.jobs:learn_night",
        "territory.reassign": "route_app.territory.jobs:reassign",
    }
)
# Longer than the usual hour: a public geocoder takes one address a second, and a large country
# takes long to read.
LIMITS_S: Mapping[str, float] = MappingProxyType(
    {"accounts.geocode": 24 * 3600, "roads.build": 12 * 3600}
)


def spec(settings: Settings, *, tasks: Mapping[str, str] = TASKS) -> Spec:
    """Return what a worker needs to know of these settings."""
    return Spec(
        database_url=settings.database,
        roads_dir=(settings.data_dir / "roads").resolve(),
        tasks=dict(tasks),
        options=options(settings),
        lease_s=settings.job_lease_s,
        limits_s=dict(LIMITS_S),
        log_level=settings.log_level,
        log_format=settings.log_format,
        warm=("route_app.roads.store",),
        road_server=road_server(settings),
    )


def options(settings: Settings) -> dict[str, Any]:
    """Return the settings a handler may see, as `Work.options`."""
    return {
        "plan_seconds": settings.plan_seconds,
        "geocoders": settings.geocoders,
        "geocoder_options": settings.geocoder_options,
        "geocoder_url": settings.geocoder_url,
        "geocoder_user_agent": settings.geocoder_user_agent,
    }


def road_server(settings: Settings) -> RoadServer | None:
    """Return the routing server that is set, None where travel is worked out on this machine."""
    if not settings.roads_server:
        return None
    return RoadServer(
        url=settings.roads_server,
        kind=settings.roads_server_kind,
        when_down=settings.roads_server_down,
        timeout_s=settings.roads_server_timeout_s,
        retries=settings.roads_server_retries,
        table_size=settings.roads_server_table,
        traffic=settings.roads_server_traffic,
    )


def run(
    settings: Settings,
    *,
    once: bool = False,
    processes: int | None = None,
    tasks: Mapping[str, str] = TASKS,
) -> None:
    """Work until SIGTERM or Ctrl-C, or with `once` until nothing is due.

    Raises Unavailable where the settings ask for an engine that cannot run here.
    """
    said = spec(settings, tasks=tasks)
    count = processes or settings.job_processes
    if settings.job_engine == "procrastinate" and not once:
        # An extra: an installation without it must still be able to import this module.
        from route_app.queue.procrastinate_engine import Messages  # noqa: PLC0415

        with Messages(said.database_url, at_once=count) as messages:
            supervisor = Supervisor(said, processes=count, source=messages)
            messages.on_offer(supervisor.wake)
            stop_on_signals(supervisor.stop)
            supervisor.run()
        return
    supervisor = Supervisor(said, processes=count)
    stop_on_signals(supervisor.stop)
    supervisor.run(once=once)


def work_off(engine: Engine, settings: Settings, *, tasks: Mapping[str, str] = TASKS) -> list[str]:
    """Do all that is due here and now, in this process, and return the ids done.

    For commands and tests that need the effect before they go on. There is no wall around a
    handler that ends its process, so a server uses `run`.
    """
    said = spec(settings, tasks=tasks)
    ids: list[str] = []
    while True:
        with transaction(engine) as session:
            claim = leases.claim(session, owner="here", lease_s=said.limit_s)
        if claim is None:
            return ids
        child.do(engine, claim, said)
        ids.append(claim.id)
