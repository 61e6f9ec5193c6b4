"""Publishes one message, or takes one and acknowledges it, on a connection that has a name.

Arguments: the port, `publish` or `take`, the connection's name, the queue.
"""

import sys

import pika

port, what, name, queue = sys.argv[1:]
parameters = pika.ConnectionParameters(
    "localhost", int(port), client_properties={"connection_name": name}
)
connection = pika.BlockingConnection(parameters)
channel = connection.channel()
if what == "publish":
    channel.queue_declare(queue=queue, durable=True)
    channel.confirm_delivery()
    properties = pika.BasicProperties(delivery_mode=2, message_id="traced")
    channel.basic_publish(exchange="", routing_key=queue, body=b"secret", properties=properties)
else:
    def taken(_channel, method, _properties, _body):
        channel.basic_ack(method.delivery_tag)
        channel.stop_consuming()

    channel.basic_consume(queue, taken, consumer_tag="counter")
    connection.call_later(30, channel.stop_consuming)
    channel.start_consuming()
connection.close()
