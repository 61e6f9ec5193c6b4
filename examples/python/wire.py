"""One AMQP channel on asyncio, and requests to Sluice over it (docs/formats/requests.md)."""
import asyncio
import itertools

import pika
from pika.adapters.asyncio_connection import AsyncioConnection

REPLIES = "amq.rabbitmq.reply-to"


class Wire:
    def __init__(self):
        self.channel = None
        # Resolves with the reason once the connection or the channel is gone.
        self.closed = asyncio.get_running_loop().create_future()
        self._connection = None
        self._answers = {}
        self._numbers = itertools.count(1)
        self._on_event = lambda properties, body: None

    @classmethod
    async def connect(cls, url):
        wire = cls()
        opened = asyncio.get_running_loop().create_future()
        wire._connection = AsyncioConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: opened.set_result(connection),
            on_open_error_callback=lambda _connection, error: opened.set_exception(error),
            on_close_callback=lambda _connection, reason: wire._close(reason),
        )
        await opened
        wire.channel = await wire.until(lambda done: wire._connection.channel(on_open_callback=done))
        wire.channel.add_on_close_callback(lambda _channel, reason: wire._close(reason))
        await wire.until(
            lambda done: wire.channel.basic_consume(REPLIES, wire._answer, auto_ack=True, callback=done)
        )
        return wire

    async def until(self, begin):
        """What pika gives to the callback; raises when the channel closes first."""
        future = asyncio.get_running_loop().create_future()
        begin(lambda result=None: future.done() or future.set_result(result))
        await asyncio.wait({future, self.closed}, return_when=asyncio.FIRST_COMPLETED)
        if not future.done():
            raise ConnectionError(f"the channel is closed: {self.closed.result()}")
        return future.result()

    async def ask(self, operation, headers, body=b""):
        """The header table and the body of the answer."""
        return await self.until(lambda done: self.request(operation, headers, body, done))

    def request(self, operation, headers, body, done):
        """As `ask`, with the answer to `done`; the request is on its way when this returns."""
        number = str(next(self._numbers))
        self._answers[number] = done
        properties = pika.BasicProperties(headers=headers, reply_to=REPLIES, correlation_id=number)
        self.channel.basic_publish("sluice", operation, body, properties)

    def on_event(self, listener):
        """Calls `listener(headers, body)` for each change that is watched for."""
        self._on_event = listener

    def close(self):
        self._connection.close()

    def _answer(self, _channel, _method, properties, body):
        if properties.headers["status"] == "event":
            self._on_event(properties.headers, body)
            return
        done = self._answers.pop(properties.correlation_id, None)
        if done is not None:
            done((properties.headers, body))

    def _close(self, reason):
        if not self.closed.done():
            self.closed.set_result(reason)
