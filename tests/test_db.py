"""The SQLite recipe: durable, no lock errors, first come first served."""

import threading

import pytest
from sqlmodel import select

from route_app.db import back_up, create_engine, transaction
from route_app.models import Company, User, metadata


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path / 'app.sqlite'}")
    metadata.create_all(made)
    yield made
    made.dispose()


def test_it_runs_in_wal_with_full_durability_and_foreign_keys(engine):
    with engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_failed_transaction_leaves_nothing(engine):
    with pytest.raises(RuntimeError):
        _add_and_fail(engine)
    with transaction(engine, write=False) as session:
        assert session.exec(select(Company)).all() == []


def _add_and_fail(engine) -> None:
    with transaction(engine) as session:
        session.add(Company(name="Half"))
        session.flush()
        raise RuntimeError


def test_a_reader_sees_the_old_state_while_a_writer_works(engine):
    with transaction(engine) as writer:
        writer.add(Company(name="New"))
        writer.flush()
        with transaction(engine, write=False) as reader:
            assert reader.exec(select(Company)).all() == []
    with transaction(engine, write=False) as reader:
        assert len(reader.exec(select(Company)).all()) == 1


def test_writers_that_read_first_never_meet_a_lock_error(engine):
    with transaction(engine) as session:
        session.add(User(id="0" * 32, email="n@example.com", name="N", role="rep", max_visits=0))
    errors: list[BaseException] = []

    def add_many() -> None:
        try:
            for _ in range(20):
                with transaction(engine) as session:
                    user = session.get(User, "0" * 32)
                    user.max_visits += 1
                    session.add(user)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=add_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with transaction(engine, write=False) as session:
        assert session.get(User, "0" * 32).max_visits == 160


def test_a_backup_of_a_database_in_use_is_whole(engine, tmp_path):
    with transaction(engine) as session:
        session.add(Company(name="Kept"))
    copy = create_engine(f"sqlite:///{back_up(engine, tmp_path / 'copy.sqlite')}")
    with transaction(copy, write=False) as session:
        assert session.exec(select(Company)).one().name == "Kept"
    copy.dispose()
