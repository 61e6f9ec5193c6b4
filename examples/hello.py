"""Publishes one persistent message with confirms, and takes it again."""
import sys

import pika

port = int(sys.argv[1]) if len(sys.argv) > 1 else 5672
connection = pika.BlockingConnection(pika.ConnectionParameters('localhost', port))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare('hello', durable=True)
channel.basic_publish('', 'hello', b'Hello World!', pika.BasicProperties(delivery_mode=2), mandatory=True)
print('published: it is on disk')

method, properties, body = channel.basic_get('hello')
print('received:', body.decode())
channel.basic_ack(method.delivery_tag)
connection.close()
