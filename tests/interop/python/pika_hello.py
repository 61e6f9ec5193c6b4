"""What a newcomer runs: pika's default credentials and a queue with all defaults. Its one argument is the port."""

import sys

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("localhost", int(sys.argv[1])))
channel = connection.channel()
channel.queue_declare(queue="hello")
channel.basic_publish(
    exchange="",
    routing_key="hello",
    body="Hello World!",
    properties=pika.BasicProperties(delivery_mode=2),
)
connection.close()
