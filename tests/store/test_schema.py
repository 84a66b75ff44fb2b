from __future__ import annotations

import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog_service.errors import EnvironmentProblem, InputError
from catalog_service.store import open_store
from catalog_service.store.engine import Database
from catalog_service.store.schema import REVISIONS
from catalog_service.store.tables import metadata


def test_the_migrations_make_the_tables_that_the_code_uses(store):
    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_the_code_knows_every_revision():
    config = Config()
    config.set_main_option("script_location", "catalog_service.store:migrations")
    scripts = ScriptDirectory.from_config(config)

    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_a_store_of_a_newer_program_is_refused_with_advice(url):
    open_store(url).close()
    database = Database(url)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(EnvironmentProblem) as caught:
        open_store(url)

    assert "9999" in str(caught.value)
    assert "newer version" in caught.value.advice


def test_opening_again_does_not_import_alembic(sqlite_url):
    open_store(sqlite_url).close()
    script = (
        "import sys; from catalog_service.store import open_store; before = 'sqlalchemy' in sys.modules\n"
        f"open_store({sqlite_url!r}).close(); print(before, 'sqlalchemy' in sys.modules, 'alembic' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True", "False"]


def test_many_that_open_a_new_store_at_once_find_one_store(url):
    secrets, problems = [], []
    start = threading.Barrier(4)

    def open_it():
        start.wait()
        try:
            with open_store(url) as store:
                secrets.append(store.secret("page-key"))
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(secrets) == 4
    assert len(set(secrets)) == 1


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "http://x"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError):
        open_store(url)


def test_a_password_is_not_shown():
    with pytest.raises(InputError) as caught:
        open_store("mysql://ann:secret@host/name")

    assert "secret" not in str(caught.value)


def test_a_store_that_cannot_be_is_an_environment_problem(tmp_path):
    with pytest.raises(EnvironmentProblem):
        open_store(f"sqlite:///{tmp_path}/no/such/folder/catalogue.sqlite")
    (tmp_path / "not-a-store").write_text("something else " * 100)
    with pytest.raises(EnvironmentProblem):
        open_store(f"sqlite:///{tmp_path}/not-a-store")
