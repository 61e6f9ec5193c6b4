"""Sends Celery tasks to a worker and prints their results."""

import json

import celery

from celery_tasks import add, app, later

facts = {
    "sum": add.delay(2, 3).get(timeout=20),
    "retried": add.delay(4, 5, fail_first=True).get(timeout=20),
    "countdown": later.apply_async(("x",), countdown=0.1).get(timeout=20),
    "group": celery.group(add.s(i, i) for i in range(20)).apply_async().get(timeout=20),
    "ping": [list(reply.values())[0] for reply in app.control.ping(timeout=2)],
}
print(json.dumps(facts), flush=True)
