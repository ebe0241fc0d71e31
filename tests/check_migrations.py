"""`alembic check` on a throwaway database: the models and the migrations say the same."""

import os
import tempfile
from pathlib import Path

from botpe_app import db
from botpe_app.embedded.postgres import Postgres


def main() -> None:
    """Migrates an empty database up, checks it, and goes down and up again."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(Path(folder))
        try:
            os.environ["DATABASE_URL"] = postgres.start()
            db.upgrade()
            db.check()
            db.downgrade("base")
            db.upgrade()
        finally:
            postgres.remove()


if __name__ == "__main__":
    main()
