"""Works on tasks that Node, or anybody, has enqueued. Declare the task there first: it makes the queue.

    python3 examples/python/worker.py amqp://guest:guest@localhost

A task ends as one step: its outcome is written and its message acknowledged, or neither. It ends once, though its
message was sent twice. docs/formats/task.md
"""
import asyncio
import json
import signal
import sys
import time
import traceback
import weakref

from wire import Wire

ATTEMPTS = 3
FIRST_RETRY_MS = 100
KEEP_RESULT_MS = 3_600_000
CONCURRENCY = 8


async def summarise(payload):
    """Counts words. Replace it by what takes Python."""
    words = payload["text"].split()
    if not words:
        raise ValueError("there is no text")
    await asyncio.sleep(0.01)
    return {"words": len(words), "longest": max(words, key=len)}


HANDLERS = {"summarise": summarise}


def now_ms():
    return time.time_ns() // 1_000_000


class Worker:
    def __init__(self, wire):
        self.wire = wire
        self.running = set()
        self.tags = []
        # Who is at work on a task, while somebody is.
        self.locks = weakref.WeakValueDictionary()

    async def start(self):
        channel = self.wire.channel
        # Settlements go out as transactions: what becomes of a task is all on disk, or nothing of it.
        await self.wire.until(lambda done: channel.tx_select(callback=done))
        await self.wire.until(lambda done: channel.basic_qos(prefetch_count=CONCURRENCY, callback=done))
        for name in HANDLERS:
            queue = f"sluice.tasks.{name}"
            await self.wire.until(lambda done: channel.queue_declare(queue, passive=True, callback=done))
            await self.wire.until(
                lambda done: channel.queue_declare(f"sluice.dead.{queue}", durable=True, callback=done)
            )
            await self.wire.until(
                lambda done: self.tags.append(channel.basic_consume(queue, self.take, callback=done))
            )

    async def stop(self):
        """Takes no more, and waits for what is at work."""
        channel = self.wire.channel
        for tag in self.tags:
            await self.wire.until(lambda done: channel.basic_cancel(tag, callback=done))
        await asyncio.gather(*self.running)

    def take(self, _channel, method, properties, body):
        task = asyncio.ensure_future(self.work(method, properties, body))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def work(self, method, properties, body):
        # A message that is here twice: one after the other, so that the second finds the outcome of the first.
        lock = self.locks.setdefault(properties.message_id, asyncio.Lock())
        async with lock:
            await self.attempt(method, properties, body)

    async def attempt(self, method, properties, body):
        handler = HANDLERS.get(properties.type)
        if handler is None:
            # Not ours: another worker may know it.
            self.wire.channel.basic_nack(method.delivery_tag, requeue=True)
            await self.commit()
            return
        if await self.has_ended(properties):
            self.wire.channel.basic_ack(method.delivery_tag)
            await self.commit()
            print(f"ended before {properties.message_id}", flush=True)
            return
        attempt = attempts_before(method, properties) + 1
        cancel_key = f"cancel/{queue_of(properties)}/{properties.message_id}"
        wish, _ = await self.wire.ask("records.get", {"key": cancel_key})
        if wish["status"] == "ok":
            await self.end(method, properties, {"state": "cancelled", "attempts": attempt - 1})
            return
        try:
            output = await handler(json.loads(body) if body else None)
            await self.end(method, properties, {"state": "completed", "attempts": attempt, "output": output})
        except ConnectionError:
            raise
        except Exception as error:
            await self.failed(method, properties, attempt, error)

    async def has_ended(self, properties):
        """Whether the message was there twice, and the other one is done."""
        if is_moved_back(properties):
            return False
        outcome, _ = await self.wire.ask("records.get", {"key": outcome_key(properties)})
        return outcome["status"] == "ok"

    async def failed(self, method, properties, attempt, error):
        """Again later, at its own place; after the last attempt to the dead letters."""
        tag = {"delivery-tag": method.delivery_tag}
        if attempt < ATTEMPTS:
            self.request("retry", tag | {"after": FIRST_RETRY_MS * 2 ** (attempt - 1)})
            await self.commit()
            return
        stack = "".join(traceback.format_exception(error))[:8192]
        failure = {"name": type(error).__name__, "message": str(error), "stack": stack}
        queue = queue_of(properties)
        headers = {
            "x-failure-reason": str(error),
            "x-failure-queue": queue,
            "x-failure": json.dumps(failure),
            "x-attempts": attempt,
        }
        self.request("dead-letter", tag | {"queue": f"sluice.dead.{queue}", "headers": headers})
        outcome = {"state": "failed", "attempts": attempt, "failure": failure}
        self.request("records.put", *outcome_record(properties, outcome))
        await self.commit()
        tell(properties, outcome)

    async def end(self, method, properties, outcome):
        """The outcome is written and the message acknowledged; whoever waits for the task is told."""
        headers, value = outcome_record(properties, outcome)
        self.request("complete", headers | {"delivery-tag": method.delivery_tag}, value)
        await self.commit()
        tell(properties, outcome)

    def request(self, operation, headers, body=b""):
        """Part of the transaction: it counts once that is committed."""
        self.wire.request(operation, headers, body, lambda answer: None)

    async def commit(self):
        await self.wire.until(lambda done: self.wire.channel.tx_commit(callback=done))


def queue_of(properties):
    return f"sluice.tasks.{properties.type}"


def attempts_before(method, properties):
    headers = properties.headers or {}
    returned = headers.get("x-delivery-count", 1 if method.redelivered else 0)
    return headers.get("x-earlier-attempts", 0) + returned


def outcome_key(properties):
    return f"task/{properties.message_id}"


def is_moved_back(properties):
    """A dead letter that was moved back as it is ends anew."""
    return "x-failure-reason" in (properties.headers or {})


def outcome_record(properties, outcome):
    """The headers and the body of the record that `handle.result()` waits for. Where another worker has ended the task
    at this very moment the commit does nothing, and closes the channel; the message comes again."""
    headers = {"key": outcome_key(properties), "ttl": KEEP_RESULT_MS}
    if not is_moved_back(properties):
        headers["expected"] = "absent"
    return headers, json.dumps(outcome | {"endedMs": now_ms()}).encode()


def tell(properties, outcome):
    print(f"{outcome['state']} {properties.message_id} after {outcome['attempts']}", flush=True)


async def main(url):
    wire = await Wire.connect(url)
    worker = Worker(wire)
    await worker.start()
    print("ready", flush=True)
    stopped = asyncio.get_running_loop().create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: stopped.done() or stopped.set_result(None))
    await asyncio.wait({wire.closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if wire.closed.done():
        sys.exit(f"the connection is gone: {wire.closed.result()}")
    await worker.stop()
    wire.close()
    await wire.closed


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "amqp://guest:guest@localhost"))
