"""How fast Postgres takes the same insert from clients written in C: the ceiling for storing."""

from __future__ import annotations

import re
import subprocess
import tempfile

from botpe_app.db import SYSTEM_OPTIONS
from botpe_app.errors import Unavailable

_INSERT = """\\set key random(1, 9000000000000000000)
insert into webhook_events
  (event_key, field, kind, waba_id, phone_number_id, contact_key, payload, correlation_id)
values ('bench ' || :key::bigint, 'messages', 'message', 'waba-Bench', '106540352242922',
  '16505551234', '{payload}'::jsonb, gen_random_uuid())
on conflict (event_key) do nothing;
"""


def inserts_a_second(program: str, url: str, payload: str, clients: int, seconds: int) -> float:
    """Rows a second, each in a commit of its own, from `clients` connections at once.

    `payload` is the event as JSON. Raises Unavailable with pgbench's own words if it fails.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_INSERT.replace("{payload}", payload.replace("'", "''")))
        script.flush()
        done = subprocess.run(  # noqa: S603 - Postgres' own
            [
                program, "--no-vacuum", "--protocol=prepared", f"--file={script.name}",
                f"--client={clients}", "--jobs=2", f"--time={seconds}", url,
            ],
            env={"PGOPTIONS": SYSTEM_OPTIONS, "LC_ALL": "C"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise Unavailable(f"pgbench failed: {done.stderr.strip()[:300]}")
    return float(found[1])
