"""Sends ten Celery tasks that are not to run before an ETA, and prints that moment. Arguments: seconds, a file."""

import datetime
import sys
import time

from celery_tasks import stamp

seconds, path = float(sys.argv[1]), sys.argv[2]
moment = time.time() + seconds
eta = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
for number in range(10):
    stamp.apply_async((f"eta-{number}", path), eta=eta)
stamp.apply_async(("now", path))
print(moment, flush=True)
