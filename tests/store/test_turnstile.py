from __future__ import annotations

import threading

import pytest

from catalog_service.errors import EnvironmentProblem
from catalog_service.store.turnstile import Turnstile


def test_one_at_a_time_passes_in_a_process_and_between_files_of_the_same_name(tmp_path):
    first, second = Turnstile(f"{tmp_path}/turn"), Turnstile(f"{tmp_path}/turn")
    with first.turn(1):
        for other in (first, second):
            with pytest.raises(EnvironmentProblem), other.turn(0):
                pass
    with second.turn(0):
        pass
    first.close()
    second.close()


def test_who_waits_passes_before_who_just_wrote_and_wants_to_write_again(tmp_path):
    turnstile, database = Turnstile(f"{tmp_path}/turn"), threading.Lock()
    order, waiting = [], threading.Event()

    def save() -> None:
        with turnstile.turn(30):
            waiting.set()
            database.acquire()
        order.append("person")
        database.release()

    person = threading.Thread(target=save)
    with turnstile.turn(1):
        database.acquire()
    person.start()
    waiting.wait()
    database.release()
    with turnstile.turn(30):
        database.acquire()
    order.append("load")
    database.release()
    person.join()
    turnstile.close()

    assert order == ["person", "load"]


def test_without_a_file_it_is_open():
    turnstile = Turnstile(None)
    with turnstile.turn(0), turnstile.turn(0):
        pass


def test_a_folder_that_is_not_there_is_an_environment_problem(tmp_path):
    with pytest.raises(EnvironmentProblem), Turnstile(f"{tmp_path}/none/turn").turn(0):
        pass
