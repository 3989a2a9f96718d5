"""Changes to people, their sessions, and the links that let them in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select, update

from route_app.errors import Conflict, InvalidInput, NotFound, TooMany
from route_app.models import Company, RateBucket, SignInLink, User, UserSession
from route_app.models.base import now
from route_app.users import limits, passwords, queries, tokens
from route_app.users.firm import checked_company
from route_app.users.limits import Limit
from route_app.users.person import Role
from route_app.users.workday import checked_day

INVITATION_DAYS = 7
RESET_HOURS = 24
_DEVICE_LENGTH = 255


def found_company(
    session: Session, *, name: str, country: str, time_zone: str, units: str, **more: Any
) -> Company:
    """Write down the company of this installation; Conflict if there is one."""
    if queries.company_or_none(session) is not None:
        raise Conflict("This installation has its company already.")
    made = Company(name=name, country=country, time_zone=time_zone, units=units, **more)
    session.add(made)
    session.flush()
    return made


def update_company(session: Session, *, changes: Mapping[str, str]) -> Company:
    """Change the company's name, country, time zone, currency or units."""
    home = queries.company(session)
    for column, value in checked_company(changes).items():
        setattr(home, column, value)
    session.add(home)
    session.flush()
    return home


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    manager_id: str | None = None,
    password: str | None = None,
    password_hash: str | None = None,
    **day: Any,
) -> User:
    """Add somebody who may sign in once they have a password. `day` are columns of their day.

    A web request passes no password, or one hashed before it began to write.
    """
    email = _checked_email(session, email, taken_by=None)
    _check_manager(session, user_id=None, manager_id=manager_id)
    if password is not None:
        _check_password(session, password, known=(name, email))
        password_hash = passwords.make_hash(password)
    user = User(
        email=email,
        name=_checked_name(name),
        role=Role(role).value,
        manager_id=manager_id,
        password_hash=password_hash,
        colour=len(session.exec(select(User.id)).all()) % 12,
        **checked_day(day),
    )
    session.add(user)
    session.flush()
    return user


def update_user(session: Session, *, user_id: str, changes: Mapping[str, Any]) -> User:
    """Change a user's name, e-mail, role, manager, day or home; at least one admin must stay."""
    user = queries.person(session, user_id)
    rest = dict(changes)
    if "email" in rest:
        user.email = _checked_email(session, rest.pop("email"), taken_by=user_id)
    if "name" in rest:
        user.name = _checked_name(rest.pop("name"))
    if "role" in rest:
        role = Role(rest.pop("role"))
        if user.role == Role.ADMIN and role is not Role.ADMIN:
            _keep_an_admin(session, without=user_id)
        if user.role != role:
            _check_no_reports(session, user=user, role=role)
        user.role = role.value
    if "manager_id" in rest:
        user.manager_id = rest.pop("manager_id")
        _check_manager(session, user_id=user_id, manager_id=user.manager_id)
    for column, value in checked_day(rest).items():
        setattr(user, column, value)
    session.add(user)
    session.flush()
    return user


def deactivate(session: Session, *, user_id: str) -> User:
    """Lock somebody out, on every device and at once. What they did stays."""
    user = queries.person(session, user_id)
    if user.role == Role.ADMIN:
        _keep_an_admin(session, without=user_id)
    user.active = False
    session.add(user)
    sign_out_everywhere(session, user_id=user_id)
    _void_links(session, user_id=user_id)
    return user


def reactivate(session: Session, *, user_id: str) -> User:
    """Let somebody sign in again."""
    user = queries.person(session, user_id)
    user.active = True
    session.add(user)
    return user


# Sessions


def sign_in(
    session: Session, *, user_id: str, days: int, device: str = "", address: str = ""
) -> str:
    """Open a session and return the token that only the device will have."""
    token = tokens.fresh()
    at = now()
    session.exec(delete(UserSession).where(col(UserSession.expires_at) <= at))
    session.add(
        UserSession(
            id=tokens.digest(token),
            user_id=user_id,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=days),
            device=device[:_DEVICE_LENGTH],
            address=address[:64],
        )
    )
    session.flush()
    return token


def seen(session: Session, *, session_id: str, at: datetime) -> None:
    """Note that a session is in use, so that it does not end for idleness."""
    session.exec(update(UserSession).where(col(UserSession.id) == session_id).values(seen_at=at))


def sign_out(session: Session, *, session_id: str, user_id: str | None = None) -> bool:
    """End one session and return whether there was one; `user_id` narrows it to their own."""
    statement = delete(UserSession).where(col(UserSession.id) == session_id)
    if user_id is not None:
        statement = statement.where(col(UserSession.user_id) == user_id)
    return bool(session.exec(statement).rowcount)


def sign_out_everywhere(session: Session, *, user_id: str, but: str | None = None) -> int:
    """End all sessions of a user, but one if asked, and return how many ended."""
    statement = delete(UserSession).where(col(UserSession.user_id) == user_id)
    if but is not None:
        statement = statement.where(col(UserSession.id) != but)
    return int(session.exec(statement).rowcount)


def change_password(session: Session, *, user_id: str, password_hash: str) -> None:
    """Set a password hashed beforehand; end every session and void every link of this user."""
    user = queries.person(session, user_id)
    user.password_hash = password_hash
    session.add(user)
    sign_out_everywhere(session, user_id=user_id)
    _void_links(session, user_id=user_id)


def replace_hash(session: Session, *, user_id: str, password_hash: str) -> None:
    """Keep the same password under a stronger hash."""
    queries.person(session, user_id).password_hash = password_hash


# Links


def invite(session: Session, *, user_id: str) -> str:
    """Return the token of a one-time link with which an invited user sets their password."""
    user = queries.person(session, user_id)
    if user.password_hash is not None:
        raise Conflict(f"{user.name} has a password already. Make a reset link instead.")
    _must_be_active(user)
    return _new_link(session, "invitation", user_id, timedelta(days=INVITATION_DAYS))


def reset_link(session: Session, *, user_id: str) -> str:
    """Return the token of a one-time link with which a user sets a new password."""
    user = queries.person(session, user_id)
    _must_be_active(user)
    return _new_link(session, "reset", user_id, timedelta(hours=RESET_HOURS))


def first_admin_link(session: Session) -> str:
    """Return the token of the link that sets up the company; Conflict once it has an admin."""
    if queries.has_admin(session):
        raise Conflict("There is an admin already. Ask them for an invitation.")
    return _new_link(session, "first_admin", None, timedelta(days=INVITATION_DAYS))


def accept_link(session: Session, *, token: str, password_hash: str) -> User:
    """Set the password of the user an invitation or reset link is for, and use the link up."""
    link = _use_link(session, token)
    if link.user_id is None:
        raise NotFound("This link sets up a company; open it in a browser.")
    user = queries.person(session, link.user_id)
    _must_be_active(user)
    change_password(session, user_id=user.id, password_hash=password_hash)
    return user


def accept_first_admin(
    session: Session,
    *,
    token: str,
    company: Mapping[str, str],
    email: str,
    name: str,
    password_hash: str,
) -> User:
    """Found the company and its first admin, and use the link up."""
    link = _use_link(session, token)
    if link.purpose != "first_admin":
        raise NotFound("This link is for one user. Open it in a browser.")
    if queries.has_admin(session):
        raise Conflict("There is an admin already. Ask them for an invitation.")
    if queries.company_or_none(session) is None:
        found_company(session, **company)
    return create_user(
        session, email=email, name=name, role=Role.ADMIN, password_hash=password_hash
    )


# Limits


def spend_try(session: Session, *, key: str, limit: Limit) -> None:
    """Take one try from a bucket; TooMany says when the next one is there."""
    at = now()
    bucket = _bucket(session, key=key, limit=limit, at=at)
    left = limits.refilled(limit, tokens=bucket.tokens, since=bucket.updated_at, at=at)
    if left < 1:
        wait = limits.wait_s(limit, tokens=left)
        raise TooMany(f"{limit.sentence} {_when(wait)}", retry_after_s=wait)
    bucket.tokens, bucket.updated_at = left - 1, at
    session.add(bucket)
    session.flush()


def give_back_try(session: Session, *, key: str, limit: Limit) -> None:
    """Put one try back: it was a right password after all."""
    at = now()
    bucket = _bucket(session, key=key, limit=limit, at=at)
    left = limits.refilled(limit, tokens=bucket.tokens, since=bucket.updated_at, at=at)
    bucket.tokens, bucket.updated_at = min(float(limit.tries), left + 1), at
    session.add(bucket)


def forget_tries(session: Session, *, key: str) -> None:
    """Empty a bucket's memory: whoever it is about has proved themselves another way."""
    session.exec(delete(RateBucket).where(col(RateBucket.id) == key))


# Private


def _bucket(session: Session, *, key: str, limit: Limit, at: datetime) -> RateBucket:
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgres else sqlite.insert
    values = {"id": key, "tokens": float(limit.tries), "updated_at": at}
    session.exec(insert(RateBucket).values(values).on_conflict_do_nothing())
    # locked: two tries at once must not both find the last token
    return session.exec(select(RateBucket).where(RateBucket.id == key).with_for_update()).one()


def _new_link(session: Session, purpose: str, user_id: str | None, lasts: timedelta) -> str:
    token = tokens.fresh()
    at = now()
    same = col(SignInLink.user_id) == user_id if user_id else col(SignInLink.user_id).is_(None)
    session.exec(delete(SignInLink).where(same, col(SignInLink.used_at).is_(None)))
    session.add(
        SignInLink(
            id=tokens.digest(token),
            purpose=purpose,
            user_id=user_id,
            created_at=at,
            expires_at=at + lasts,
        )
    )
    session.flush()
    return token


def _use_link(session: Session, token: str) -> SignInLink:
    at = now()
    link = queries.open_link(session, token=token, at=at)
    mine = update(SignInLink).where(
        col(SignInLink.id) == link.id, col(SignInLink.used_at).is_(None)
    )
    if session.exec(mine.values(used_at=at)).rowcount != 1:
        raise NotFound("This link was used already. Sign in, or ask your admin for a new one.")
    return link


def _void_links(session: Session, *, user_id: str) -> None:
    unused = (col(SignInLink.user_id) == user_id, col(SignInLink.used_at).is_(None))
    session.exec(delete(SignInLink).where(*unused))


def _must_be_active(user: User) -> None:
    if not user.active:
        raise Conflict(f"{user.name} is switched off. Switch them on first.")


def _checked_email(session: Session, email: str, *, taken_by: str | None) -> str:
    email = email.strip().lower()
    name, at_sign, host = email.partition("@")
    if not (name and at_sign and host) or " " in email or "@" in host or len(email) > 254:
        raise InvalidInput(
            f"“{email}” is not an e-mail address. Write it like name@company.com.", field="email"
        )
    other = queries.user_by_email(session, email)
    if other is not None and other.id != taken_by:
        raise Conflict(f"{other.name} uses the e-mail {email} already.", field="email")
    return email


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("Give a name.", field="name")
    if len(name) > 120:
        raise InvalidInput("Use at most 120 characters for the name.", field="name")
    return name


def _check_password(session: Session, password: str, *, known: tuple[str, ...]) -> None:
    home = queries.company_or_none(session)
    words = (*known, home.name) if home else known
    if sentence := passwords.problem(password, known=words):
        raise InvalidInput(sentence, field="password")


def _check_manager(session: Session, *, user_id: str | None, manager_id: str | None) -> None:
    if manager_id is None:
        return
    manager = session.get(User, manager_id)
    if manager is None or manager.role == Role.REP:
        raise InvalidInput("Choose a manager from the list.", field="manager_id")
    if user_id is not None and (
        manager_id == user_id or manager_id in queries.report_ids(session, user_id)
    ):
        raise InvalidInput(
            f"{manager.name} already reports to this person, so it cannot be the other way round.",
            field="manager_id",
        )


def _check_no_reports(session: Session, *, user: User, role: Role) -> None:
    if role is Role.REP and queries.report_ids(session, user.id):
        raise Conflict(
            f"{user.name} has a team. Give the team another manager first.", field="role"
        )


def _keep_an_admin(session: Session, *, without: str) -> None:
    # All are locked, in one order: of two admins who switch each other off, the second sees it.
    admins = select(User.id).where(User.role == Role.ADMIN.value, col(User.active))
    if not set(session.exec(admins.order_by(User.id).with_for_update())) - {without}:
        raise Conflict("This is the only admin. Make somebody else an admin first.")


def _when(wait_s: int) -> str:
    if wait_s < 90:
        return "Try again in a minute."
    return f"Try again in {round(wait_s / 60)} minutes."
