from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from sqlmodel import select

from route_app.db import transaction
from route_app.errors import Conflict, InvalidInput, NotFound, TooMany
from route_app.models import RateBucket, SignInLink, User, UserSession
from route_app.models.base import now
from route_app.users import queries, service
from route_app.users.limits import Limit
from route_app.users.person import Role
from tests.factories import make_company, make_user

TWO_A_DAY = Limit("two", tries=2, period_s=86_400, sentence="Too many.")
COMPANY = {"name": "Acme", "country": "FI", "time_zone": "Europe/Helsinki", "units": "km"}


def add(session, **values):
    values = {"email": "zoe@acme.example", "name": "Zoe Smith", "role": Role.REP} | values
    return service.create_user(session, **values)


def test_it_adds_a_user_with_a_tidy_name_and_email(session):
    user = add(session, email=" Zoe@ACME.example ", name="  Zoe   Smith ")
    assert (user.email, user.name, user.role) == ("zoe@acme.example", "Zoe Smith", "rep")
    assert user.password_hash is None


@pytest.mark.parametrize("email", ["", "zoe", "@acme", "zoe@", "z o@acme", "a@b@c"])
def test_it_refuses_what_is_no_email(session, email):
    with pytest.raises(InvalidInput, match="not an e-mail"):
        add(session, email=email)


def test_it_refuses_an_email_in_use_whatever_its_case(session):
    add(session)
    with pytest.raises(Conflict, match="Zoe Smith uses"):
        add(session, email="ZOE@acme.example")


def test_it_refuses_a_weak_password(session):
    make_company(session, name="Wintersmith")
    with pytest.raises(InvalidInput, match="too weak"):
        add(session, password="wintersmith wintersmith")


def test_a_rep_cannot_be_a_manager_of_anybody(session):
    rep = make_user(session)
    with pytest.raises(InvalidInput, match="manager from the list"):
        add(session, manager_id=rep.id)


def test_nobody_can_report_to_their_own_report(session):
    top = make_user(session, role="manager", name="Top")
    low = make_user(session, role="manager", manager_id=top.id)
    for manager_id in (low.id, top.id):
        with pytest.raises(InvalidInput, match="other way round"):
            service.update_user(session, user_id=top.id, changes={"manager_id": manager_id})
        session.refresh(top)


def test_a_manager_with_a_team_cannot_become_a_rep(session):
    boss = make_user(session, role="manager")
    make_user(session, manager_id=boss.id)
    with pytest.raises(Conflict, match="another manager first"):
        service.update_user(session, user_id=boss.id, changes={"role": "rep"})


def test_the_only_admin_stays_an_admin_and_active(session):
    admin = make_user(session, role="admin")
    with pytest.raises(Conflict, match="only admin"):
        service.update_user(session, user_id=admin.id, changes={"role": "manager"})
    with pytest.raises(Conflict, match="only admin"):
        service.deactivate(session, user_id=admin.id)
    make_user(session, role="admin")
    assert service.deactivate(session, user_id=admin.id).active is False


def test_switching_somebody_off_ends_sessions_and_links(session):
    user = make_user(session)
    service.sign_in(session, user_id=user.id, days=30)
    service.invite(session, user_id=user.id)
    service.deactivate(session, user_id=user.id)
    assert session.exec(select(UserSession)).all() == []
    assert session.exec(select(SignInLink)).all() == []
    with pytest.raises(Conflict, match="switched off"):
        service.invite(session, user_id=user.id)


def test_the_database_holds_no_token(session):
    user = make_user(session)
    token = service.sign_in(session, user_id=user.id, days=30)
    link = service.invite(session, user_id=user.id)
    assert session.get(UserSession, token) is None
    assert session.get(SignInLink, link) is None
    assert len(session.exec(select(UserSession)).one().id) == 64


def test_signing_out_ends_one_session_and_only_ones_own(session):
    user, other = make_user(session), make_user(session)
    service.sign_in(session, user_id=user.id, days=30)
    held = session.exec(select(UserSession)).one().id
    assert not service.sign_out(session, session_id=held, user_id=other.id)
    assert service.sign_out(session, session_id=held, user_id=user.id)
    assert not service.sign_out(session, session_id=held)


def test_signing_in_sweeps_sessions_that_are_over(session):
    user = make_user(session)
    service.sign_in(session, user_id=user.id, days=30)
    old = session.exec(select(UserSession)).one()
    old.expires_at = now() - timedelta(seconds=1)
    session.flush()
    service.sign_in(session, user_id=user.id, days=30)
    assert len(session.exec(select(UserSession)).all()) == 1


def test_a_new_password_ends_every_session(session):
    user = make_user(session)
    service.sign_in(session, user_id=user.id, days=30)
    service.change_password(session, user_id=user.id, password_hash="hash")
    assert session.exec(select(UserSession)).all() == []


def test_an_invitation_works_once(session):
    user = make_user(session)
    token = service.invite(session, user_id=user.id)
    service.accept_link(session, token=token, password_hash="hash")
    assert session.get(User, user.id).password_hash == "hash"
    with pytest.raises(NotFound, match="used already"):
        service.accept_link(session, token=token, password_hash="other")


def test_an_invitation_lasts_seven_days(session):
    token = service.invite(session, user_id=make_user(session).id)
    queries.open_link(session, token=token, at=now() + timedelta(days=6, hours=23))
    with pytest.raises(NotFound, match="too old"):
        queries.open_link(session, token=token, at=now() + timedelta(days=7))


def test_a_newer_invitation_voids_the_older(session):
    user = make_user(session)
    old, new = service.invite(session, user_id=user.id), service.invite(session, user_id=user.id)
    with pytest.raises(NotFound, match="not known"):
        queries.open_link(session, token=old, at=now())
    assert queries.open_link(session, token=new, at=now()).user_id == user.id


def test_whoever_has_a_password_gets_a_reset_link_not_an_invitation(session):
    user = make_user(session, password_hash="hash")
    with pytest.raises(Conflict, match="reset link"):
        service.invite(session, user_id=user.id)
    token = service.reset_link(session, user_id=user.id)
    service.accept_link(session, token=token, password_hash="new")
    assert session.get(User, user.id).password_hash == "new"


def test_the_first_admin_link_founds_the_company(session):
    token = service.first_admin_link(session)
    admin = service.accept_first_admin(
        session,
        token=token,
        company=COMPANY,
        email="ann@acme.example",
        name="Ann",
        password_hash="hash",
    )
    assert admin.role == "admin"
    assert queries.company(session).name == "Acme"
    with pytest.raises(Conflict, match="admin already"):
        service.first_admin_link(session)


def test_a_users_link_founds_no_company(session):
    token = service.invite(session, user_id=make_user(session).id)
    with pytest.raises(NotFound):
        service.accept_first_admin(
            session, token=token, company=COMPANY, email="a@b.c", name="A", password_hash="h"
        )


def test_there_is_one_company(session):
    service.found_company(session, **COMPANY)
    with pytest.raises(Conflict, match="company already"):
        service.found_company(session, **COMPANY)


def test_tries_run_out_and_the_error_says_how_long(session):
    service.spend_try(session, key="k", limit=TWO_A_DAY)
    service.spend_try(session, key="k", limit=TWO_A_DAY)
    with pytest.raises(TooMany, match=r"Too many\. Try again in 720 minutes") as caught:
        service.spend_try(session, key="k", limit=TWO_A_DAY)
    assert 43_190 <= caught.value.retry_after_s <= 43_200
    service.spend_try(session, key="other", limit=TWO_A_DAY)


def test_a_try_given_back_can_be_spent_again(session):
    for _ in range(5):
        service.spend_try(session, key="k", limit=TWO_A_DAY)
        service.give_back_try(session, key="k", limit=TWO_A_DAY)
    assert session.exec(select(RateBucket)).one().tokens == 2


def test_forgotten_tries_are_all_back(session):
    service.spend_try(session, key="k", limit=TWO_A_DAY)
    service.forget_tries(session, key="k")
    assert session.exec(select(RateBucket)).all() == []


def test_two_admins_who_switch_each_other_off_leave_one(engine):
    with transaction(engine) as session:
        ids = [make_user(session, role="admin").id for _ in range(2)]
    began = Event()

    def switch_off(user_id, wait_s):
        with transaction(engine) as session:
            service.deactivate(session, user_id=user_id)
            began.set()
            sleep(wait_s)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(switch_off, ids[0], 0.3)
        began.wait(5)
        second = pool.submit(switch_off, ids[1], 0)
        first.result()
        with pytest.raises(Conflict, match="only admin"):
            second.result()
