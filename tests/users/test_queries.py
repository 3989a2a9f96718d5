from datetime import timedelta

import pytest

from route_app.errors import NotFound, Unavailable
from route_app.models.base import now
from route_app.users import queries, service
from route_app.users.person import Role, SignedIn
from tests.factories import make_company, make_user

IDLE = timedelta(days=14)


def signed_in(user):
    return SignedIn(user.id, user.name, user.email, Role(user.role), None, "UTC", "km", "s")


def test_a_team_is_direct_and_indirect_reps(session):
    top = make_user(session, role="manager")
    middle = make_user(session, role="manager", manager_id=top.id)
    near = make_user(session, manager_id=top.id)
    far = make_user(session, manager_id=middle.id)
    make_user(session)  # nobody's
    assert queries.team_rep_ids(session, top.id) == {near.id, far.id}
    assert queries.team_rep_ids(session, middle.id) == {far.id}


def test_a_manager_alone_has_no_team(session):
    assert queries.team_rep_ids(session, make_user(session, role="manager").id) == frozenset()


def test_a_circle_of_managers_ends(session):
    one = make_user(session, role="manager")
    two = make_user(session, role="manager", manager_id=one.id)
    one.manager_id = two.id
    session.flush()
    assert queries.report_ids(session, one.id) == {two.id}


def test_a_rep_sees_themselves_a_manager_the_team_an_admin_everybody(session):
    boss = make_user(session, role="manager")
    mine, other = make_user(session, manager_id=boss.id), make_user(session)
    admin = make_user(session, role="admin")
    assert queries.visible_rep_ids(session, signed_in(mine)) == {mine.id}
    assert queries.visible_rep_ids(session, signed_in(boss)) == {mine.id}
    assert queries.visible_rep_ids(session, signed_in(admin)) is None
    assert {rep.id for rep in queries.reps(session, signed_in(admin))} == {mine.id, other.id}
    assert [rep.id for rep in queries.reps(session, signed_in(boss))] == [mine.id]


def test_reps_who_left_are_listed_only_when_asked_for(session):
    admin = make_user(session, role="admin")
    gone = make_user(session, active=False)
    assert queries.reps(session, signed_in(admin)) == []
    assert queries.reps(session, signed_in(admin), active_only=False) == [gone]


def test_a_missing_user_or_company_is_said(session):
    with pytest.raises(NotFound, match="no such user"):
        queries.person(session, "nobody")
    with pytest.raises(Unavailable, match="first-admin-link"):
        queries.company(session)


def test_a_session_tells_whose_it_is_in_their_time_zone(session):
    make_company(session, time_zone="Europe/Helsinki", units="km")
    user = make_user(session, units="mi")
    token = service.sign_in(session, user_id=user.id, days=30)
    person, _seen_at = queries.live_session(session, token=token, at=now(), idle=IDLE)
    assert (person.id, person.time_zone, person.units) == (user.id, "Europe/Helsinki", "mi")


@pytest.mark.parametrize(
    ("later", "alive"),
    [
        (timedelta(days=13, hours=23), True),
        (timedelta(days=14), False),  # idle
        (timedelta(days=31), False),
    ],
)
def test_a_session_ends_when_idle(session, later, alive):
    token = service.sign_in(session, user_id=make_user(session).id, days=30)
    found = queries.live_session(session, token=token, at=now() + later, idle=IDLE)
    assert (found is not None) is alive


def test_a_session_in_use_ends_after_its_days_all_the_same(session):
    token = service.sign_in(session, user_id=make_user(session).id, days=30)
    at = now() + timedelta(days=30)
    held = queries.live_session(session, token=token, at=now(), idle=IDLE)[0].session_id
    service.seen(session, session_id=held, at=at - timedelta(minutes=1))
    assert queries.live_session(session, token=token, at=at, idle=IDLE) is None
    before = at - timedelta(minutes=1)
    assert queries.live_session(session, token=token, at=before, idle=IDLE) is not None


def test_a_switched_off_user_has_no_session(session):
    user = make_user(session)
    token = service.sign_in(session, user_id=user.id, days=30)
    user.active = False
    session.flush()
    assert queries.live_session(session, token=token, at=now(), idle=IDLE) is None
