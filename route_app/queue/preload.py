"""Imported once by the process that job processes are forked from, so that each starts warm.

The modules to load come by the environment, as that process takes no arguments. One that cannot
be imported is left for the job that needs it, which then fails alone and says so.
"""

import os
from contextlib import suppress
from importlib import import_module

VARIABLE = "FIELDBEAT_PRELOAD"

for name in filter(None, os.environ.get(VARIABLE, "").split(",")):
    with suppress(Exception):
        import_module(name)
