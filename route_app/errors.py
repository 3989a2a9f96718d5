"""Errors that a person or a script can act on.

RouteAppError
├── InvalidInput   400  what was sent cannot be used; says which part and what to do
├── NotSignedIn    401  nobody is signed in
├── NotAllowed     403  it is known to you, but not yours to change
├── NotFound       404  it does not exist, or is not yours to know
├── Conflict       409  it changed meanwhile, or that identity is already another thing
├── TooMany        429  too many tries; says when to try again
└── Unavailable    503  a part this needs is not there now (roads not built, an engine down)
"""


class RouteAppError(Exception):
    """Base of every error whose message may be shown to a person."""

    http_status = 500

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Keep the sentence to show and, where there is one, the input field it is about."""
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(RouteAppError):
    """What was sent cannot be used."""

    http_status = 400


class NotSignedIn(RouteAppError):
    """Nobody is signed in."""

    http_status = 401


class NotAllowed(RouteAppError):
    """The thing is known to this user but not theirs to change."""

    http_status = 403


class NotFound(RouteAppError):
    """The thing does not exist, or is not this user's to know."""

    http_status = 404


class Conflict(RouteAppError):
    """The thing changed meanwhile, or its identity is taken."""

    http_status = 409


class TooMany(RouteAppError):
    """Too many tries in a short time."""

    http_status = 429

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        """Keep how many seconds to wait before another try."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(RouteAppError):
    """A part this needs is not there now."""

    http_status = 503
