"""The long work on territories: let accounts follow the shapes they lie in."""

from typing import TYPE_CHECKING

from route_app.territory import service

if TYPE_CHECKING:
    from route_app.queue.work import Work


def reassign(work: "Work") -> None:
    """Give accounts to the territory they lie in and its rep; an owner somebody named stays."""
    result: dict[str, int] = {}
    with work.storing(result) as session:
        moved = service.reassign_accounts(
            session,
            territory_ids=work.payload.get("territory_ids"),
            # A list that names an owner was checked by somebody; its import must not undo that.
            keep_imported=True,
        )
        result.update(territory_changed=moved.territory_changed, owner_changed=moved.owner_changed)
