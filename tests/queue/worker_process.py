"""A worker as a process of its own: `python worker_process.py '{"spec": …}'`."""

import json
import os
import sys
from pathlib import Path

from route_app.lib import logs
from route_app.queue.child import Spec
from route_app.queue.supervisor import Supervisor, stop_on_signals
from tests.queue.tasks import TASKS


def main(asked: dict) -> None:
    """Work as told until told to stop."""
    logs.configure(level="INFO", form="json")
    said = asked["spec"]
    spec = Spec(**{**said, "roads_dir": Path(said["roads_dir"]), "tasks": TASKS})
    Path(asked["pid_file"]).write_text(str(os.getpid()))
    if asked["engine"] == "embedded":
        supervisor = Supervisor(spec, processes=asked["processes"])
        stop_on_signals(supervisor.stop)
        supervisor.run()
        return
    from route_app.queue.procrastinate_engine import Messages

    with Messages(spec.database_url, at_once=asked["processes"]) as messages:
        supervisor = Supervisor(spec, processes=asked["processes"], source=messages)
        messages.on_offer(supervisor.wake)
        stop_on_signals(supervisor.stop)
        supervisor.run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
