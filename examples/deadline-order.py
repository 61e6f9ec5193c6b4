"""A queue with x-order=deadline delivers what is due first, whatever was published first."""
import sys
import time

import pika

port = int(sys.argv[1]) if len(sys.argv) > 1 else 5672
connection = pika.BlockingConnection(pika.ConnectionParameters('localhost', port))
channel = connection.channel()
channel.queue_declare('due', durable=True, arguments={'x-order': 'deadline'})

now_ms = int(time.time() * 1000)
for name, due_in_ms in [('in a minute', 60_000), ('in a second', 1_000), ('in ten seconds', 10_000)]:
    properties = pika.BasicProperties(delivery_mode=2, headers={'x-deadline': now_ms + due_in_ms})
    channel.basic_publish('', 'due', name.encode(), properties)

for _ in range(3):
    method, properties, body = channel.basic_get('due')
    print(body.decode())
    channel.basic_ack(method.delivery_tag)
channel.queue_delete('due')
connection.close()
