import numpy as np
import pytest

from route_app.errors import Unavailable
from route_app.roads.engine import UNREACHABLE
from route_app.roads.server_limits import Apart, Limit, TooBig, fill_table, in_chunks, whole


def table_of(count, *, most, told=None, apart=()):
    """Return how to ask for blocks of row * 100 + column, and what was asked."""
    asked = []

    def ask(rows, columns):
        asked.append((len(rows), len(columns)))
        if len(rows) * len(columns) > most:
            raise TooBig(told)
        if {*rows, *columns} & set(apart):
            raise Apart
        figures = np.array([[row * 100.0 + column for column in columns] for row in rows])
        return figures, figures * 10

    return ask, asked


def fill(ask, count, limit):
    return fill_table(ask, count, limit=limit, most_places=1000, at_once=3)


@pytest.mark.parametrize("most", [1, 3, 9, 16, 10_000])
def test_a_table_in_pieces_is_the_whole_table(most):
    ask, _ = table_of(17, most=most)
    seconds, metres = fill(ask, 17, Limit(10_000, of="places"))
    expected = np.arange(17)[:, None] * 100.0 + np.arange(17)
    np.fill_diagonal(expected, 0)
    assert np.array_equal(seconds, expected)
    assert np.array_equal(metres, expected * 10)


def test_a_limit_is_learned_once():
    limit = Limit(400, of="places")
    ask, asked = table_of(40, most=100, told=100)
    fill(ask, 40, limit)
    assert limit.value == 100
    refused = [pair for pair in asked if pair[0] * pair[1] > 100]
    assert len(refused) <= 3  # as many as were on their way at once
    asked.clear()
    fill(ask, 40, limit)
    assert all(pair[0] * pair[1] <= 100 for pair in asked)


def test_places_that_cannot_be_joined_do_not_spoil_the_others():
    ask, _ = table_of(6, most=100, apart={2})
    seconds, _ = fill(ask, 6, Limit(100, of="places"))
    others = [0, 1, 3, 4, 5]
    assert np.isfinite(seconds[np.ix_(others, others)]).all()
    assert np.isnan(seconds[2, others]).all()
    assert seconds[2, 2] == 0


def test_a_server_that_allows_nothing_is_not_asked_for_ever():
    ask, asked = table_of(8, most=0)
    with pytest.raises(Unavailable, match="allows too few places in a table"):
        fill(ask, 8, Limit(100, of="places in a table"))
    assert len(asked) < 200


def test_an_error_in_one_block_ends_the_whole():
    def ask(rows, columns):
        if 7 in rows:
            raise Unavailable("gone")
        return np.zeros((len(rows), len(columns))), np.zeros((len(rows), len(columns)))

    with pytest.raises(Unavailable, match="gone"):
        fill(ask, 10, Limit(4, of="places"))


def test_chunks_of_a_row_cover_it_once():
    limit = Limit(100, of="places")

    def ask(begin, end):
        if end - begin > 4:
            raise TooBig
        return list(range(begin, end))

    assert in_chunks(ask, 11, limit=limit) == list(range(11))
    assert limit.value <= 4


def test_chunks_of_drives_meet_at_a_place():
    def ask(begin, end):
        return [(row, row + 1) for row in range(begin, end - 1)]

    drives = in_chunks(ask, 8, limit=Limit(3, of="places"), overlap=1)
    assert drives == [(row, row + 1) for row in range(7)]
    assert in_chunks(ask, 1, limit=Limit(3, of="places"), overlap=1) == []
    with pytest.raises(Unavailable):
        in_chunks(lambda *_: (_ for _ in ()).throw(TooBig()), 5, limit=Limit(9, of="x"), overlap=1)


def test_figures_become_whole_numbers():
    found = whole(np.array([[0.4, 1.5, np.nan, 1e12]]), factor=1.0)
    assert found.dtype == np.int32
    assert found.tolist() == [[0, 2, UNREACHABLE, UNREACHABLE - 1]]
    assert whole(np.array([100.0]), factor=1.3).tolist() == [130]
