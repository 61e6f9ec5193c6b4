"""pika's BlockingConnection: declare, publish with confirms, consume, acknowledge, reject, dead-letter, reconnect."""

import time

import pika

from facts import ask_for_restart, dead, death_of, say, url, work, work_arguments

parameters = pika.URLParameters(url + "/%2F?heartbeat=30")
persistent = pika.BasicProperties(delivery_mode=2)


def reconnect():
    for _ in range(100):
        try:
            return pika.BlockingConnection(parameters)
        except pika.exceptions.AMQPConnectionError:
            time.sleep(0.05)
    raise SystemExit("the server did not come back")


connection = pika.BlockingConnection(parameters)
channel = connection.channel()
channel.queue_declare(dead, durable=True)
channel.queue_declare(work, durable=True, arguments=work_arguments)
channel.confirm_delivery()

# basic_publish raises unless the message was confirmed.
confirmed = 0
for text in ("one", "two", "three"):
    channel.basic_publish("", work, text.encode(), persistent, mandatory=True)
    confirmed += 1
say(confirmed=confirmed)
try:
    channel.basic_publish("", "nowhere", b"lost", persistent, mandatory=True)
except pika.exceptions.UnroutableError as error:
    say(returned=[error.messages[0].method.reply_code, error.messages[0].body.decode()])

received = []
channel.basic_qos(prefetch_count=1)
for method, properties, body in channel.consume(work, inactivity_timeout=10):
    text = body.decode()
    received.append([text, method.redelivered])
    if text == "three":
        channel.basic_reject(method.delivery_tag, requeue=False)
        break
    if text == "two" and not method.redelivered:
        channel.basic_nack(method.delivery_tag, requeue=True)
    else:
        channel.basic_ack(method.delivery_tag)
channel.cancel()
say(received=received)

method, properties, body = channel.basic_get(dead)
channel.basic_ack(method.delivery_tag)
say(dead=[body.decode(), death_of(properties.headers)])

channel.basic_publish("", work, b"kept", persistent)
ask_for_restart()
try:
    channel.queue_declare(work, passive=True)
except pika.exceptions.AMQPConnectionError:
    say(noticed=True)
connection = reconnect()
channel = connection.channel()
method, properties, body = channel.basic_get(work, auto_ack=True)
say(kept=body.decode())
channel.queue_delete(work)
channel.queue_delete(dead)
connection.close()
