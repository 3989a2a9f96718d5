"""Who is asking, and may they. Every view begins with one of these."""

from typing import TYPE_CHECKING

from flask_login import current_user

from route_app.accounts import queries as accounts
from route_app.errors import NotAllowed, NotFound, NotSignedIn
from route_app.users import permissions, queries
from route_app.users.permissions import Action
from route_app.users.person import Role, SignedIn
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Account, User

_NO_SUCH_ACCOUNT = "There is no such account, or it is not yours to see."
_NO_SUCH_REP = "There is no such rep, or they are not in your team."


def anyone() -> SignedIn:
    """Return whoever is signed in."""
    if not current_user.is_authenticated:
        raise NotSignedIn("Sign in to go on.")
    found: SignedIn = current_user._get_current_object()
    return found


def rep() -> SignedIn:
    """Return the signed-in rep."""
    return _one_of(Role.REP, sentence="This is for reps only.")


def manager() -> SignedIn:
    """Return the signed-in manager or admin."""
    return _one_of(Role.MANAGER, Role.ADMIN, sentence="This is for managers and admins only.")


def admin() -> SignedIn:
    """Return the signed-in admin."""
    return _one_of(Role.ADMIN, sentence="This is for admins only.")


def may(action: Action) -> SignedIn:
    """Return whoever is signed in, if their role may do this."""
    user = anyone()
    if not permissions.may(user.role, action):
        raise NotAllowed("Your role does not allow this.")
    return user


def rep_for(user: SignedIn, rep_id: str) -> "User":
    """Return a rep this user may see: themselves, one of their team, or any for an admin."""
    visible = queries.visible_rep_ids(session(), user)
    if visible is not None and rep_id not in visible:
        raise NotFound(_NO_SUCH_REP)
    found = queries.person(session(), rep_id)
    if found.role != Role.REP:
        raise NotFound(_NO_SUCH_REP)
    return found


def account_for(user: SignedIn, account_id: str) -> "Account":
    """Return an account this user may see: their own, their team's, or any for an admin."""
    found = accounts.account(session(), account_id)
    visible = queries.visible_rep_ids(session(), user)
    if visible is not None and found.owner_id not in visible:
        raise NotFound(_NO_SUCH_ACCOUNT)
    return found


def _one_of(*roles: Role, sentence: str) -> SignedIn:
    user = anyone()
    if user.role not in roles:
        raise NotAllowed(sentence)
    return user
