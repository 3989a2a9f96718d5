"""Long work as rows: who asks uses `enqueue`, `job` and `cancel`; who does it is handed a `Work`.

The rows in the application's own database are the truth. An engine only says when to look.
"""

from route_app.queue.rows import cancel, enqueue, forget, job, jobs_of, unfinished, unfinished_of
from route_app.queue.work import Cancelled, Fenced, Work

__all__ = [
    "Cancelled",
    "Fenced",
    "Work",
    "cancel",
    "enqueue",
    "forget",
    "job",
    "jobs_of",
    "unfinished",
    "unfinished_of",
]
