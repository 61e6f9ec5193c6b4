/**
 * The connected browsers, over server-sent events. Invariant: a browser gets the notifications of its user in order,
 * each once, without a gap from the one it names in `Last-Event-ID`.
 */
const aliveMs = 15_000;
/** A browser that does not read is let go; it comes back and goes on where it was. */
const unreadBytesMax = 1_048_576;

class Browser {
  #response;
  #last;
  /** What comes while the earlier ones are read; undefined once those are sent. */
  #early = [];

  constructor(response, last) {
    this.#response = response;
    this.#last = last;
  }

  begin(earlier) {
    for (const notification of [...earlier, ...this.#early]) this.#send(notification);
    this.#early = undefined;
  }

  tell(notification) {
    if (this.#early === undefined) this.#send(notification);
    else this.#early.push(notification);
  }

  ping() {
    this.#response.write(': here\n\n');
  }

  #send(notification) {
    if (notification.number <= this.#last) return;
    this.#last = notification.number;
    this.#response.write(`id: ${notification.number}\ndata: ${JSON.stringify(notification)}\n\n`);
    if (this.#response.writableLength > unreadBytesMax) this.#response.destroy();
  }
}

export class Browsers {
  #inbox;
  #browsers = new Map();
  #pinging = setInterval(() => this.#ping(), aliveMs);

  constructor(inbox) {
    this.#inbox = inbox;
  }

  /** Serves one browser until it goes. `last`: the number of the last notification that it has. */
  async serve(user, last, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 500\n\n');
    const browser = new Browser(response, last);
    const ofUser = this.#browsers.get(user) ?? new Set();
    this.#browsers.set(user, ofUser.add(browser));
    response.on('close', () => {
      ofUser.delete(browser);
      if (ofUser.size === 0 && this.#browsers.get(user) === ofUser) this.#browsers.delete(user);
    });
    browser.begin(await this.#inbox.after(user, last));
  }

  tell(user, notification) {
    for (const browser of this.#browsers.get(user) ?? []) browser.tell(notification);
  }

  close() {
    clearInterval(this.#pinging);
  }

  #ping() {
    for (const ofUser of this.#browsers.values()) for (const browser of ofUser) browser.ping();
  }
}
