import time
from threading import Thread

from route_app.roads.filelock import locked


def test_only_one_holds_the_lock_at_a_time(tmp_path):
    inside, most = [], []

    def enter():
        with locked(tmp_path / "new" / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


def test_the_lock_is_free_again_after_an_error(tmp_path):
    try:
        with locked(tmp_path / "lock"):
            raise KeyError
    except KeyError:
        pass
    with locked(tmp_path / "lock"):
        assert (tmp_path / "lock").exists()
