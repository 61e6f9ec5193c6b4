"""Enqueues tasks that a worker in Node, or anywhere, handles; and waits for their results.

    python3 examples/python/producer.py amqp://guest:guest@localhost Ada Bob

docs/formats/task.md tells the message and the outcome.
"""
import asyncio
import json
import sys
import time
import uuid

import pika

from wire import Wire

TASK = "greet"


class Producer:
    def __init__(self, wire):
        self.wire = wire
        self.waiting = {}

    async def start(self):
        channel = self.wire.channel
        await self.wire.until(
            lambda done: channel.queue_declare(f"sluice.tasks.{TASK}", passive=True, callback=done)
        )
        # One watch for all tasks of this producer: their ids begin alike.
        self.origin = uuid.uuid4().hex
        self.wire.on_event(self.changed)
        await self.wire.ask("records.watch", {"prefix": f"task/{self.origin}"})
        await self.wire.until(lambda done: channel.confirm_delivery(self.confirmed, callback=done))

    def enqueue(self, payload):
        """The future outcome of a task."""
        task_id = f"{self.origin}-{len(self.waiting) + 1}"
        future = asyncio.get_running_loop().create_future()
        self.waiting[task_id] = future
        properties = pika.BasicProperties(
            type=TASK,
            message_id=task_id,
            content_type="application/json",
            delivery_mode=2,
            priority=5,
            headers={"x-enqueued": time.time_ns() // 1_000_000},
        )
        self.wire.channel.basic_publish("", f"sluice.tasks.{TASK}", json.dumps(payload).encode(), properties)
        return future

    def changed(self, headers, body):
        future = self.waiting.get(headers["key"].removeprefix("task/"))
        if headers["event"] == "put" and future is not None and not future.done():
            future.set_result(json.loads(body))

    def confirmed(self, frame):
        # A positive confirm means that the task is on disk; a refused one is a full queue.
        if isinstance(frame.method, pika.spec.Basic.Nack):
            sys.exit("the queue refused a task")


async def main(url, names):
    wire = await Wire.connect(url)
    producer = Producer(wire)
    await producer.start()
    outcomes = [producer.enqueue({"name": name}) for name in names]
    for outcome in outcomes:
        print(json.dumps((await wire.until(outcome.add_done_callback)).result()["output"]), flush=True)
    wire.close()
    await wire.closed


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "amqp://guest:guest@localhost", sys.argv[2:] or ["Ada"]))
