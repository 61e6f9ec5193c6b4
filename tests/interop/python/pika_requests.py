"""Requests to the exchange `sluice` with pika: records, and a task that ends with its result."""

import pika

from facts import say, url, work

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
answers = []
channel.basic_consume("amq.rabbitmq.reply-to", lambda *answer: answers.append(answer), auto_ack=True)


def ask(operation, headers, body=b""):
    """The headers and the body of the answer to one request."""
    properties = pika.BasicProperties(headers=headers, reply_to="amq.rabbitmq.reply-to", correlation_id=operation)
    channel.basic_publish("sluice", operation, body, properties)
    while not answers:
        connection.process_data_events(time_limit=None)
    _, _, properties, body = answers.pop(0)
    assert properties.correlation_id == operation
    return properties.headers, body.decode()


put, _ = ask("records.put", {"key": "greeting", "expected": "absent"}, b"Hello")
again, _ = ask("records.put", {"key": "greeting", "expected": "absent"}, b"Hello again")
got, body = ask("records.get", {"key": "greeting"})
say(statuses=[put["status"], again["status"], got["status"]], body=body, same=put["version"] == got["version"])

channel.queue_declare(work)
channel.basic_publish("", work, b"task")
method, _, _ = channel.basic_get(work)
done, _ = ask("complete", {"delivery-tag": method.delivery_tag, "key": "result", "ttl": 60_000}, b"42")
_, result = ask("records.get", {"key": "result"})
say(done=done["status"], result=result)
deleted, _ = ask("records.delete", {"key": "greeting", "expected": put["version"]})
absent, _ = ask("records.get", {"key": "greeting"})
say(deleted=deleted["status"], absent=absent["status"])
channel.queue_delete(work)
connection.close()
