"""Imported once by the process that job processes are forked from, so that each starts warm.

The modules to load come by the environment, as that process takes no arguments. One that cannot
be imported is left for the job that needs it, which then fails alone and says so.
"""

import os
import signal
from contextlib import suppress
from importlib import import_module

# A service manager tells every process of a service to stop. This one ends when its worker does:
# without it the worker could not see how running jobs end.
signal.signal(signal.SIGTERM, signal.SIG_IGN)

for name in filter(None, os.environ.get("FIELDBEAT_PRELOAD", "").split(",")):
    with suppress(Exception):
        import_module(name)
