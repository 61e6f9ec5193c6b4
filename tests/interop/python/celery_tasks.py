"""A Celery application; the worker and the sender both load it. Broker and result backend from the environment."""

import os
import time

import celery

app = celery.Celery("interop", broker=os.environ["INTEROP_URL"], backend=os.environ.get("INTEROP_BACKEND", "rpc://"))
app.conf.update(
    task_default_queue=os.environ["INTEROP_PREFIX"],
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    task_acks_late=True,
)


@app.task(bind=True, max_retries=2, default_retry_delay=0)
def add(self, left, right, fail_first=False):
    """Adds; with `fail_first` only from its second attempt on."""
    if fail_first and self.request.retries == 0:
        raise self.retry()
    return left + right


@app.task
def later(value):
    """Gives its argument back; sent with a countdown."""
    return value


@app.task
def stamp(name, path):
    """Notes that it ran, and when, as a line of a file."""
    with open(path, "a", encoding="utf8") as file:
        file.write(f"{name} {time.time()}\n")
