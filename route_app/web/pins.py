"""Where accounts are: those without a pin, pins to look at, and what people decide about one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from route_app.accounts import service as accounts
from route_app.accounts.pin import QUALITIES, address_changed
from route_app.errors import InvalidInput
from route_app.pins import geocoding, queries, service
from route_app.users import queries as people
from route_app.web import guards
from route_app.web.transaction import session

blueprint = Blueprint("pins", __name__, url_prefix="/accounts")


@blueprint.get("/without-pin")
def without_pin() -> ResponseReturnValue:
    """List the accounts that no map can show, with the reason and what to do."""
    user = guards.manager()
    rep_ids = people.visible_rep_ids(session(), user)
    return render_template(
        "pins/without_pin.html",
        found=queries.without_pin(session(), rep_ids=rep_ids, page=_page()),
        reasons=geocoding.REASONS,
        look_ups=queries.look_ups(session(), coarse=False),
        user=user,
    )


@blueprint.post("/without-pin")
def look_up_again() -> ResponseReturnValue:
    """Look all addresses without a pin up once more."""
    user = guards.admin()
    job_id = accounts.geocode_later(session(), asked_by_id=user.id, again=True)
    flash("The addresses are being looked up." if job_id else "Every account has a pin.", "good")
    return redirect(url_for("pins.without_pin"), 303)


@blueprint.get("/pins")
def to_check() -> ResponseReturnValue:
    """List the pins that may be wrong, the worst first, with how each was found."""
    user = guards.manager()
    quality = request.args.get("quality", "")
    quality = quality if quality in (*QUALITIES, queries.CHANGED) else ""
    rep_ids = people.visible_rep_ids(session(), user)
    found = queries.to_check(session(), rep_ids=rep_ids, quality=quality, page=_page())
    return render_template(
        "pins/to_check.html",
        found=found.page,
        counts=found.counts,
        look_ups=queries.look_ups(session(), coarse=True),
        quality=quality,
        qualities=QUALITIES,
        address_changed=address_changed,
        user=user,
    )


@blueprint.post("/pins")
def look_up_coarse() -> ResponseReturnValue:
    """Look the addresses of coarse pins up once more; a pin goes only where a better one comes."""
    user = guards.admin()
    job_id = accounts.geocode_later(session(), asked_by_id=user.id, coarse=True)
    said = "The addresses are being looked up; pins stay until then." if job_id else "None is left."
    flash(said, "good")
    return redirect(url_for("pins.to_check"), 303)


@blueprint.post("/<account_id>/pin")
def settle(account_id: str) -> ResponseReturnValue:
    """Keep an account's pin, look its address up instead, or undo the last move by hand."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    choice = request.form.get("choice", "")
    if choice == "keep":
        service.keep_pin(session(), account_id=account.id)
        flash(f"The pin of {account.name} stays where it is.", "good")
    elif choice == "look_up":
        service.look_up_pin(session(), account_id=account.id, asked_by_id=user.id)
        flash(f"The address of {account.name} is being looked up.", "good")
    elif choice == "undo":
        found = service.undo_move(session(), account_id=account.id, asked_by_id=user.id)
        back = f"The pin of {account.name} is back where it was."
        gone = "The earlier pin was for another address. The address of now is being looked up."
        flash(gone if found.lat is None else back, "good")
    else:
        raise InvalidInput("Choose what to do with the pin.", field="choice")
    if request.form.get("from") == "list":
        return redirect(url_for("pins.to_check", quality=request.form.get("quality") or None), 303)
    return redirect(url_for("accounts.show", account_id=account.id), 303)


def _page() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
