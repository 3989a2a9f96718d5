"""The person behind a request, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the company, from the field to the whole installation."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """Return the word people read for this role."""
        return {"rep": "Rep", "manager": "Manager", "admin": "Admin"}[self.value]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a living session. Time zone and units are theirs, else the company's."""

    id: str
    name: str
    email: str
    role: Role
    manager_id: str | None
    time_zone: str
    units: str
    session_id: str

    @property
    def is_authenticated(self) -> bool:
        """Return True: whoever has one of these is signed in."""
        return True

    @property
    def is_active(self) -> bool:
        """Return True: a disabled user's session is not found in the first place."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Return False: an anonymous visitor has no such value."""
        return False

    def get_id(self) -> str:
        """Return the user's id, as the sign-in library asks for it."""
        return self.id

    @property
    def first_name(self) -> str:
        """Return the first word of the name, for greetings and tight headers."""
        return self.name.split(maxsplit=1)[0] if self.name.strip() else self.email
