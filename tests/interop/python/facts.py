"""How the interop programs speak with the test that runs them: facts out as JSON lines, restarts in."""

import json
import sys

url = sys.argv[1]
prefix = sys.argv[2]
work = prefix + ".work"
dead = prefix + ".dead"
work_arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead}


def say(**facts):
    """Prints one line of facts."""
    print(json.dumps(facts), flush=True)


def ask_for_restart():
    """Has the test kill the server with SIGKILL and start it again; returns once that is done."""
    say(restart=True)
    sys.stdin.readline()


def death_of(headers):
    """The parts of the first x-death entry that every client reads the same."""
    entry = headers["x-death"][0]
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    return {
        "reason": text(entry["reason"]),
        "queue": text(entry["queue"]),
        "count": entry["count"],
        "routingKeys": [text(key) for key in entry["routing-keys"]],
    }
