"""Reads about people: who they are, whose team they are in, whose session is alive."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from route_app.errors import NotFound, Unavailable
from route_app.models import Company, SignInLink, User, UserSession
from route_app.users.person import Role, SignedIn
from route_app.users.tokens import digest


def company(session: Session) -> Company:
    """Return the company of this installation; Unavailable before anybody has set it up."""
    found = session.get(Company, 1)
    if found is None:
        raise Unavailable(
            "This installation has no company yet. "
            "Run `flask users first-admin-link` and open the link it prints."
        )
    return found


def company_or_none(session: Session) -> Company | None:
    """Return the company, or None before anybody has set it up."""
    return session.get(Company, 1)


def person(session: Session, user_id: str) -> User:
    """Return a user by id; NotFound if there is none."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("There is no such user.")
    return found


def user_by_email(session: Session, email: str) -> User | None:
    """Return the user who signs in with this e-mail, whatever its case."""
    return session.exec(select(User).where(User.email == email.strip().lower())).one_or_none()


def everybody(session: Session) -> list[User]:
    """Return all users, by name."""
    return list(session.exec(select(User).order_by(User.name, User.id)))


def has_admin(session: Session) -> bool:
    """Return whether an active admin exists."""
    statement = select(User.id).where(User.role == Role.ADMIN.value, col(User.active)).limit(1)
    return session.exec(statement).first() is not None


def report_ids(session: Session, manager_id: str) -> frozenset[str]:
    """Return the ids of everybody below a manager, direct and indirect, whatever their role."""
    below: dict[str, list[str]] = {}
    statement = select(User.id, User.manager_id).where(col(User.manager_id).is_not(None))
    for user_id, above in session.exec(statement):
        below.setdefault(str(above), []).append(user_id)
    found: set[str] = set()
    waiting = [manager_id]
    while waiting:
        fresh = set(below.get(waiting.pop(), ())) - found - {manager_id}
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def team_rep_ids(session: Session, manager_id: str) -> frozenset[str]:
    """Return the ids of a manager's reps, direct and indirect."""
    below = report_ids(session, manager_id)
    statement = select(User.id).where(col(User.id).in_(below), User.role == Role.REP.value)
    return frozenset(session.exec(statement)) if below else frozenset()


def visible_rep_ids(session: Session, user: SignedIn) -> frozenset[str] | None:
    """Return whose work this user may see: a rep's own, a manager's team; None is everybody's."""
    if user.role is Role.ADMIN:
        return None
    if user.role is Role.MANAGER:
        return team_rep_ids(session, user.id)
    return frozenset({user.id})


def reps(session: Session, user: SignedIn, *, active_only: bool = True) -> list[User]:
    """Return the reps this user may see, by name."""
    statement = select(User).where(User.role == Role.REP.value).order_by(User.name, User.id)
    if active_only:
        statement = statement.where(col(User.active))
    ids = visible_rep_ids(session, user)
    if ids is not None:
        statement = statement.where(col(User.id).in_(ids))
    return list(session.exec(statement))


def managers(session: Session) -> list[User]:
    """Return everybody a rep can report to: active managers and admins, by name."""
    roles = (Role.MANAGER.value, Role.ADMIN.value)
    statement = select(User).where(col(User.role).in_(roles), col(User.active))
    return list(session.exec(statement.order_by(User.name, User.id)))


def live_session(
    session: Session, *, token: str, at: datetime, idle: timedelta
) -> tuple[SignedIn, datetime] | None:
    """Return who holds this token and when they were last seen, if the session still lives."""
    statement = (
        select(UserSession, User)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(UserSession.id == digest(token), col(User.active))
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        return None
    held, user = row
    if held.expires_at <= at or held.seen_at + idle <= at:
        return None
    home = company_or_none(session)
    return SignedIn(
        id=user.id,
        name=user.name,
        email=user.email,
        role=Role(user.role),
        manager_id=user.manager_id,
        time_zone=user.time_zone or (home.time_zone if home else "UTC"),
        units=user.units or (home.units if home else "km"),
        session_id=held.id,
    ), held.seen_at


def devices(session: Session, user_id: str, *, at: datetime) -> list[UserSession]:
    """Return where a user is signed in, the device seen last first."""
    statement = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > at)
        .order_by(col(UserSession.seen_at).desc())
    )
    return list(session.exec(statement))


def open_link(session: Session, *, token: str, at: datetime) -> SignInLink:
    """Return a one-time link that can still be used; NotFound says why and what to do."""
    link = session.get(SignInLink, digest(token))
    if link is None:
        raise NotFound("This link is not known here. Ask your admin for a new one.")
    if link.used_at is not None:
        raise NotFound("This link was used already. Sign in, or ask your admin for a new one.")
    if link.expires_at <= at:
        raise NotFound("This link is too old. Ask your admin for a new one.")
    return link


def pending_invitations(session: Session, *, at: datetime) -> frozenset[str]:
    """Return the ids of users who hold an invitation they have not used yet."""
    statement = select(SignInLink.user_id).where(
        SignInLink.purpose == "invitation",
        col(SignInLink.used_at).is_(None),
        SignInLink.expires_at > at,
    )
    return frozenset(str(user_id) for user_id in session.exec(statement))
