"""pika's AsyncioConnection and TornadoConnection (third argument: asyncio or tornado), driven by coroutines."""

import asyncio
import sys

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.adapters.tornado_connection import TornadoConnection

from facts import ask_for_restart, dead, death_of, say, url, work, work_arguments

parameters = pika.URLParameters(url + "/%2F")
persistent = pika.BasicProperties(delivery_mode=2)
adapters = {"asyncio": AsyncioConnection, "tornado": TornadoConnection}


def future():
    return asyncio.get_running_loop().create_future()


async def connect():
    opened = future()
    closed = future()
    adapters[sys.argv[3]](
        parameters,
        on_open_callback=opened.set_result,
        on_open_error_callback=lambda _, error: opened.set_exception(error),
        on_close_callback=lambda _, error: closed.set_result(error),
    )
    return await opened, closed


async def open_channel(connection):
    opened = future()
    connection.channel(on_open_callback=opened.set_result)
    return await opened


async def call(method, *parameters, **named):
    done = future()
    method(*parameters, callback=done.set_result, **named)
    return await done


async def get(channel, queue):
    done = future()
    empty = lambda _: done.set_result(None)
    channel.add_callback(empty, [pika.spec.Basic.GetEmpty])
    channel.basic_get(queue, lambda _, method, properties, body: done.set_result((method, properties, body)))
    method, properties, body = await done
    channel.basic_ack(method.delivery_tag)
    return properties, body.decode()


async def publish(channel):
    confirms = asyncio.Queue()
    returned = future()
    channel.add_on_return_callback(lambda _, method, __, body: returned.set_result([method.reply_code, body.decode()]))
    await call(channel.confirm_delivery, confirms.put_nowait)
    for text in ("one", "two", "three"):
        channel.basic_publish("", work, text.encode(), persistent, mandatory=True)
    confirmed = 0
    while confirmed < 3:
        frame = await confirms.get()
        assert isinstance(frame.method, pika.spec.Basic.Ack)
        confirmed = frame.method.delivery_tag
    say(confirmed=confirmed)
    channel.basic_publish("", "nowhere", b"lost", persistent, mandatory=True)
    say(returned=await returned)
    await confirms.get()
    return confirms


async def consume(channel):
    received = []
    finished = future()

    def on_message(_, method, properties, body):
        text = body.decode()
        received.append([text, method.redelivered])
        if text == "three":
            channel.basic_reject(method.delivery_tag, requeue=False)
            finished.set_result(None)
        elif text == "two" and not method.redelivered:
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    await call(channel.basic_qos, prefetch_count=1)
    tag = channel.basic_consume(work, on_message)
    await finished
    await call(channel.basic_cancel, tag)
    say(received=received)


async def reconnect():
    for _ in range(100):
        try:
            return await connect()
        except pika.exceptions.AMQPConnectionError:
            await asyncio.sleep(0.05)
    raise SystemExit("the server did not come back")


async def main():
    connection, closed = await connect()
    channel = await open_channel(connection)
    await call(channel.queue_declare, dead, durable=True)
    await call(channel.queue_declare, work, durable=True, arguments=work_arguments)
    confirms = await publish(channel)
    await consume(channel)
    properties, body = await get(channel, dead)
    say(dead=[body, death_of(properties.headers)])
    channel.basic_publish("", work, b"kept", persistent)
    await confirms.get()
    ask_for_restart()
    await closed
    say(noticed=True)
    connection, closed = await reconnect()
    channel = await open_channel(connection)
    _, body = await get(channel, work)
    say(kept=body)
    await call(channel.queue_delete, work)
    await call(channel.queue_delete, dead)
    connection.close()
    await closed


asyncio.run(main())
