import time
from datetime import UTC, datetime, timedelta
from itertools import count

from route_app.accounts.ranking import Facts
from route_app.lib.geo import LatLon
from route_app.planning.candidates import (
    MOST_CANDIDATES,
    MOST_WITHOUT_PIN,
    choose,
)
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.plan import Reason
from route_app.planning.problem import Commitment, HoursMode
from route_app.planning.workday import Workday, workday
from tests.planning.worlds import DAY, H, window

NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOME = LatLon(62.0, 25.0)
REP = RepDay("rep", "Alice", DAY, "Europe/Helsinki", "FI", "Mo-Fr 08:30-17:00", HOME)
WORK = workday(DAY, work_hours=REP.work_hours, country="FI", lunch=(0, 0, 0))
_numbers = count()


def card(*, days=40, hours="", place=HOME, tier="B", **facts):
    name = f"c{next(_numbers):05}"
    seen = None if days is None else NOON - timedelta(days=days)
    told = Facts(name, tier, NOON - timedelta(days=400), last_visited_at=seen, **facts)
    return Card(name, f"Shop {name}", place, 1_500, hours, "FI", told)


def promise(of, *, commitment="timed", begin=10 * H, end=10 * H, **values):
    return Promise(f"p-{of.id}", of, commitment, begin, end, 1_800, **values)


def chosen(*cards, promises=(), rep=REP, work=WORK):
    return choose(rep, cards, promises, workday=work)


def test_due_accounts_are_candidates_and_others_are_not():
    due, fresh, never = card(days=28), card(days=10), card(days=None)
    assert {pick.card.id for pick in chosen(due, fresh, never).picks} == {due.id, never.id}


def test_an_account_is_nearly_due_at_seventy_percent():
    assert chosen(card(days=20)).picks  # 28 days wanted: from day 20 on
    assert not chosen(card(days=19)).picks


def test_a_manager_s_push_brings_a_visit_forward_but_not_to_the_next_day():
    assert chosen(card(days=15, boost=10)).picks
    assert not chosen(card(days=3, boost=10)).picks


def test_the_prize_is_the_sum_of_its_reasons():
    (pick,) = chosen(card(days=60, tier="A", potential_share=0.9)).picks
    assert pick.prize == sum(reason["points"] for reason in pick.reasons)
    assert {"tier", "potential", "due", "waiting"} == {one["code"] for one in pick.reasons}


def test_opening_hours_become_windows_for_the_whole_visit():
    (pick,) = chosen(card(hours="Mo 09:00-12:00,13:00-16:00")).picks
    assert (pick.windows, pick.mode) == ((window(9, 12), window(13, 16)), HoursMode.WHOLE)


def test_closed_and_by_appointment_are_left_out_with_a_sentence():
    left = chosen(card(hours="Tu 09:00-12:00"), card(hours='"by appointment"')).left
    assert {one.reason for one in left} == {Reason.CLOSED_TODAY, Reason.BY_APPOINTMENT}
    assert any("ask there first" in one.sentence for one in left)


def test_nonsense_hours_mean_working_hours_and_a_note():
    found = chosen(card(hours="whenever you like"))
    assert found.picks[0].windows == (window(8.5, 17),)
    assert "of 1 account cannot be read" in found.notes[0]


def test_an_account_without_a_pin_is_left_out():
    (one,) = chosen(card(place=None)).left
    assert one.reason is Reason.NO_PIN
    many = chosen(*(card(place=None) for _ in range(MOST_WITHOUT_PIN + 9)))
    assert len(many.left) == MOST_WITHOUT_PIN
    assert f"{MOST_WITHOUT_PIN + 9} due accounts have no pin" in many.notes[0]


def test_a_promised_account_is_not_suggested_as_well():
    one = card()
    (pick,) = chosen(one, promises=[promise(one)]).picks
    assert (pick.commitment, pick.required) == (Commitment.TIMED, True)
    assert pick.windows[0].start == 10 * H
    assert pick.reasons[0]["label"] == "appointment, 10:00"


def test_a_timed_promise_holds_even_when_the_account_is_closed():
    one = card(hours="Tu 09:00-12:00")
    assert chosen(promises=[promise(one)]).picks[0].windows[0].start == 10 * H


def test_a_flexible_promise_keeps_to_the_opening_hours():
    one = card(hours="Mo 09:00-12:00")
    day = promise(one, commitment="flexible_day", begin=0, end=24 * H)
    assert chosen(promises=[day]).picks[0].windows == (window(9, 11.5),)


def test_a_promise_for_the_week_is_required_only_on_its_last_day():
    one = card()
    early = promise(one, commitment="flexible_week", begin=-H, end=90 * H, last_chance=False)
    (pick,) = chosen(promises=[early]).picks
    assert (pick.required, pick.prize > 60) == (False, True)
    last = promise(one, commitment="flexible_week", begin=-90 * H, end=17 * H)
    assert chosen(promises=[last]).picks[0].required


def test_a_promise_on_a_day_off_is_never_silently_lost():
    off = Workday(None, (), ("Day off.",))
    found = chosen(card(), promises=[promise(card())], work=off)
    assert (found.picks, found.notes) == ((), ("Day off.",))
    assert [one.reason for one in found.left] == [Reason.NO_SHIFT]


def test_nothing_due_says_what_to_do():
    assert "Nothing is due" in chosen(card(days=1)).notes[0]
    assert "no accounts yet" in chosen().notes[0]


def test_of_five_thousand_the_best_placed_are_considered_in_good_time():
    cards = [card(place=LatLon(62.0 + n / 5_000, 25.0)) for n in range(5_000)]
    started = time.perf_counter()
    found = chosen(*cards)
    assert time.perf_counter() - started < 5
    assert len(found.picks) == MOST_CANDIDATES
    assert max(pick.card.place.lat for pick in found.picks) < 62.03
    assert found.notes == (
        "5000 accounts are due. The 120 best placed by points and nearness were considered for "
        "this day; the others wait their turn.",
    )


def test_points_outweigh_some_distance():
    near, far = card(days=20, tier="D", target_days=28), card(days=90, place=LatLon(62.3, 25.0))
    names = [pick.card.id for pick in chosen(near, far).picks]
    assert names == [far.id, near.id]
