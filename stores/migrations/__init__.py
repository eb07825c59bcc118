"""Numbered migrations, run by Alembic when a store is opened at an older number. Each is frozen once released.

Knows Alembic. Nothing else does, and nothing loads this package unless there is something to migrate.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

FOLDER = Path(__file__).parent

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's `op` is one object for the whole process: two migrations at once would write into each other's database."""


def scripts() -> tuple[Config, ScriptDirectory]:
    """The migrations beside this file; an installed package needs no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema to revision `to` within the connection's open transaction."""
    config, directory = scripts()

    def steps(current: Any, _context: Any) -> Any:
        return directory._upgrade_revs(to, current)

    with _ONE_AT_A_TIME, EnvironmentContext(config, directory, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def downgrade(connection: Connection, to: str) -> None:
    """Take the schema back to revision `to` ("base": nothing is left) within the connection's open transaction."""
    config, directory = scripts()

    def steps(current: Any, _context: Any) -> Any:
        return directory._downgrade_revs(to, current)

    with _ONE_AT_A_TIME, EnvironmentContext(config, directory, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
