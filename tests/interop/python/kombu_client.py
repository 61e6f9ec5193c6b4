"""kombu: the same life through its Connection, Producer, Consumer and SimpleQueue."""

import socket
import sys

import kombu

from facts import ask_for_restart, dead, death_of, say, url, work, work_arguments

options = {"confirm_publish": True}
connection = kombu.Connection(url + "//", transport_options=options)
connection.connect()
channel = connection.channel()
work_queue = kombu.Queue(work, durable=True, queue_arguments=work_arguments, channel=channel)
dead_queue = kombu.Queue(dead, durable=True, channel=channel)
dead_queue.declare()
work_queue.declare()

returned = []
producer = kombu.Producer(
    channel, on_return=lambda error, exchange, key, message: returned.append([error.reply_code, message.body])
)
for text in ("one", "two", "three"):
    producer.publish(text, routing_key=work, delivery_mode=2, content_type="text/plain", mandatory=True)
say(confirmed=3)
producer.publish("lost", routing_key="nowhere", delivery_mode=2, content_type="text/plain", mandatory=True)
while not returned:
    connection.drain_events(timeout=10)
text = returned[0][1]
say(returned=[returned[0][0], text.decode() if isinstance(text, bytes) else text])

received = []


def on_message(body, message):
    redelivered = message.delivery_info["redelivered"]
    received.append([body, redelivered])
    if body == "three":
        message.reject()
    elif body == "two" and not redelivered:
        message.requeue()
    else:
        message.ack()


with kombu.Consumer(channel, [work_queue], callbacks=[on_message], prefetch_count=1):
    while not received or received[-1][0] != "three":
        connection.drain_events(timeout=10)
say(received=received)

for _ in range(100):
    message = dead_queue.get()
    if message is not None:
        break
message.ack()
say(dead=[message.payload, death_of(message.headers)])

producer.publish("kept", routing_key=work, delivery_mode=2, content_type="text/plain")
ask_for_restart()
try:
    connection.drain_events(timeout=5)
except socket.timeout:
    sys.exit("the lost connection was not noticed")
except connection.recoverable_connection_errors:
    say(noticed=True)
connection = kombu.Connection(url + "//", transport_options=options)
connection.ensure_connection(max_retries=100, interval_start=0.05, interval_max=0.05)
with connection.SimpleQueue(kombu.Queue(work, durable=True, queue_arguments=work_arguments)) as simple:
    message = simple.get(timeout=10)
    message.ack()
    say(kept=message.payload)
channel = connection.channel()
channel.queue_delete(work)
channel.queue_delete(dead)
connection.release()
