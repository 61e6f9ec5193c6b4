"""Signs in over TLS with pika, sends itself a message and prints who got what; or prints how that was refused.

Arguments: port, file of the authority to trust, then for EXTERNAL the client's certificate and key.
"""

import json
import ssl
import sys

import pika

port, authority, *identity = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
parameters = {}
if identity:
    context.load_cert_chain(*identity)
    parameters["credentials"] = pika.credentials.ExternalCredentials()

try:
    connection = pika.BlockingConnection(
        pika.ConnectionParameters(
            host="localhost",
            port=int(port),
            ssl_options=pika.SSLOptions(context, "localhost"),
            **parameters,
        )
    )
except Exception as error:
    seen = f"{error!r} {getattr(error, 'args', '')} {error.__cause__!r} {error.__context__!r}"
    print(json.dumps({"refused": seen}))
    sys.exit(0)

channel = connection.channel()
channel.confirm_delivery()
queue = channel.queue_declare("", exclusive=True).method.queue
channel.basic_publish("", queue, b"over TLS", mandatory=True)
method, properties, body = channel.basic_get(queue, auto_ack=True)
connection.close()
print(json.dumps({"received": body.decode()}))
