"""Started with this folder on its path, a Python process believes in another time."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

_by = float(os.environ.get("FIELDBEAT_TEST_SKEW_S", "0"))
if _by:
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=_by), tick=True).start()
