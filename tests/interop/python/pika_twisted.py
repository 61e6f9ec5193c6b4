"""pika's Twisted adapter, driven by inlineCallbacks."""

import pika
from pika.adapters.twisted_connection import TwistedProtocolConnection
from twisted.internet import defer, protocol, reactor, task

from facts import ask_for_restart, dead, death_of, say, url, work, work_arguments

parameters = pika.URLParameters(url + "/%2F")
persistent = pika.BasicProperties(delivery_mode=2)


@defer.inlineCallbacks
def connect():
    creator = protocol.ClientCreator(reactor, TwistedProtocolConnection, parameters)
    connection = yield creator.connectTCP(parameters.host, parameters.port)
    yield connection.ready
    return connection


@defer.inlineCallbacks
def reconnect():
    for _ in range(100):
        try:
            connection = yield connect()
            return connection
        except Exception:
            yield task.deferLater(reactor, 0.05, lambda: None)
    raise SystemExit("the server did not come back")


@defer.inlineCallbacks
def publish(channel):
    yield channel.confirm_delivery()
    for text in ("one", "two", "three"):
        yield channel.basic_publish("", work, text.encode(), persistent, mandatory=True)
    say(confirmed=3)
    try:
        yield channel.basic_publish("", "nowhere", b"lost", persistent, mandatory=True)
    except pika.exceptions.UnroutableError as error:
        say(returned=[error.messages[0].method.reply_code, error.messages[0].body.decode()])


@defer.inlineCallbacks
def consume(channel):
    received = []
    yield channel.basic_qos(prefetch_count=1)
    messages, tag = yield channel.basic_consume(work)
    while True:
        _, method, properties, body = yield messages.get()
        text = body.decode()
        received.append([text, method.redelivered])
        if text == "three":
            yield channel.basic_reject(method.delivery_tag, requeue=False)
            break
        if text == "two" and not method.redelivered:
            yield channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            yield channel.basic_ack(method.delivery_tag)
    yield channel.basic_cancel(tag)
    say(received=received)


@defer.inlineCallbacks
def main(_):
    connection = yield connect()
    channel = yield connection.channel()
    yield channel.queue_declare(dead, durable=True)
    yield channel.queue_declare(work, durable=True, arguments=work_arguments)
    yield publish(channel)
    yield consume(channel)
    _, method, properties, body = yield channel.basic_get(dead)
    yield channel.basic_ack(method.delivery_tag)
    say(dead=[body.decode(), death_of(properties.headers)])
    yield channel.basic_publish("", work, b"kept", persistent)
    closed = connection.closed
    ask_for_restart()
    try:
        yield closed
    except Exception:
        pass
    say(noticed=True)
    connection = yield reconnect()
    channel = yield connection.channel()
    _, method, properties, body = yield channel.basic_get(work)
    yield channel.basic_ack(method.delivery_tag)
    say(kept=body.decode())
    yield channel.queue_delete(work)
    yield channel.queue_delete(dead)
    yield connection.close()


task.react(main)
