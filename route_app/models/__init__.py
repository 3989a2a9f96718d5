"""Every table, one module per aggregate. Columns, keys and constraints; no behaviour."""

from route_app.models.account import Account, Appointment
from route_app.models.account_import import AccountImport, AccountImportRow
from route_app.models.activity import CheckIn, Order
from route_app.models.base import metadata, new_id
from route_app.models.calibration import (
    CalibrationReset,
    ObservedDrive,
    TravelFactor,
    VisitLength,
)
from route_app.models.company import Company
from route_app.models.job import Job
from route_app.models.plan import CurrentPlan, Plan, PlanLeftOut, PlanStop
from route_app.models.territory import Assignment, Territory
from route_app.models.user import RateBucket, SignInLink, User, UserSession

__all__ = [
    "Account",
    "AccountImport",
    "AccountImportRow",
    "Appointment",
    "Assignment",
    "CalibrationReset",
    "CheckIn",
    "Company",
    "CurrentPlan",
    "Job",
    "ObservedDrive",
    "Order",
    "Plan",
    "PlanLeftOut",
    "PlanStop",
    "RateBucket",
    "SignInLink",
    "Territory",
    "TravelFactor",
    "User",
    "UserSession",
    "VisitLength",
    "metadata",
    "new_id",
]
