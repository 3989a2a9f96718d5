"""Who may do what: one table. Whose data it may be done to is decided by the guards' fetches."""

from enum import StrEnum

from route_app.users.person import Role


class Action(StrEnum):
    """Everything that not everybody may do."""

    USE_FIELD_APP = "use_field_app"
    CHECK_IN = "check_in"
    PLAN_OWN_DAY = "plan_own_day"
    SEE_TEAM = "see_team"
    SEE_LOG = "see_log"
    SEE_COVERAGE = "see_coverage"
    PLAN_TEAM_DAY = "plan_team_day"
    SEE_ACCOUNTS = "see_accounts"
    EDIT_ACCOUNTS = "edit_accounts"
    SET_OWNER = "set_owner"
    IMPORT_ACCOUNTS = "import_accounts"
    EXPORT = "export"
    SEE_TERRITORIES = "see_territories"
    EDIT_TERRITORIES = "edit_territories"
    SEE_ROADS = "see_roads"
    BUILD_ROADS = "build_roads"
    SEE_CALIBRATION = "see_calibration"
    RESET_CALIBRATION = "reset_calibration"
    EDIT_USERS = "edit_users"
    EDIT_COMPANY = "edit_company"


_REP = frozenset(
    {
        Action.USE_FIELD_APP,
        Action.CHECK_IN,
        Action.PLAN_OWN_DAY,
        Action.SEE_LOG,
        Action.SEE_TERRITORIES,
    }
)
_MANAGER = frozenset(
    {
        Action.SEE_TEAM,
        Action.SEE_LOG,
        Action.SEE_COVERAGE,
        Action.PLAN_TEAM_DAY,
        Action.SEE_ACCOUNTS,
        Action.EDIT_ACCOUNTS,
        Action.SET_OWNER,
        Action.EXPORT,
        Action.SEE_TERRITORIES,
        Action.EDIT_TERRITORIES,
        Action.SEE_ROADS,
        Action.SEE_CALIBRATION,
    }
)
_ADMIN = _MANAGER | {
    Action.IMPORT_ACCOUNTS,
    Action.BUILD_ROADS,
    Action.RESET_CALIBRATION,
    Action.EDIT_USERS,
    Action.EDIT_COMPANY,
}

RIGHTS: dict[Role, frozenset[Action]] = {
    Role.REP: _REP,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: frozenset(_ADMIN),
}


def may(role: Role, action: Action) -> bool:
    """Return whether a role may do this at all."""
    return action in RIGHTS[role]
