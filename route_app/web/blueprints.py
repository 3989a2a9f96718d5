"""Every blueprint of the product, in the order of the working day."""

from flask import Blueprint

from route_app.web import (
    account_imports,
    accounts,
    activity,
    activity_api,
    appointments,
    auth,
    calibration,
    company,
    field,
    health,
    insights,
    invitations,
    jobs,
    map_slices,
    own_account,
    planning,
    pwa,
    signing_in,
    territory,
    tiles,
    traffic,
    users,
)

ALL: list[Blueprint] = [
    health.blueprint,
    accounts.blueprint,
    account_imports.blueprint,
    appointments.blueprint,
    auth.blueprint,
    signing_in.blueprint,
    invitations.blueprint,
    own_account.blueprint,
    tiles.blueprint,
    map_slices.blueprint,
    calibration.blueprint,
    traffic.blueprint,  # that of roads, with the pages of its traffic
    users.blueprint,
    company.blueprint,
    planning.blueprint,
    field.blueprint,
    activity_api.blueprint,
    jobs.blueprint,
    pwa.blueprint,
    territory.blueprint,
    activity.blueprint,
    insights.blueprint,
]
