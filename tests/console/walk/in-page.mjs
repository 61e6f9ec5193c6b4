/**
 * Runs in the page: keeps account of what it asks for, lets nothing be changed, and presses every control to see what
 * each would do. Whatever is pressed, the server stays as it is.
 */
(() => {
  const realFetch = globalThis.fetch.bind(globalThis);
  /** Requests that only look, though they are no GET. */
  const looks = /^\/v1\/(alert-rules\/(test|backtest)|analyze|remedies\/[^/]+\/preview|audit\/verify)$/;
  const asked = [];
  const refused = [];
  let pending = 0;

  /** What pages ask by themselves. */
  const isRead = (method, path) => method === 'GET' || ['/v1/session', '/v1/series'].includes(path);
  const isLook = (method, path, body) =>
    isRead(method, path) || looks.test(path) || /"dryRun":true/.test(body ?? '');

  globalThis.fetch = async (target, options = {}) => {
    const { pathname: path } = new URL(String(target), location.href);
    const { method = 'GET', body } = options;
    if (!isRead(method, path)) asked.push({ method, path, body: body ?? '' });
    if (!isLook(method, path, body)) {
      const problem = { code: 'conflict', title: 'Nothing is changed here', status: 409 };
      return new Response(JSON.stringify(problem), { status: 409 });
    }
    pending++;
    try {
      const response = await realFetch(target, options);
      if (response.status === 403) refused.push(`${method} ${path}`);
      return response;
    } finally {
      pending--;
    }
  };

  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

  /** Until nothing is under way any more; plots that go on asking do not hold it for long. */
  async function settled() {
    await frame();
    for (let round = 0; pending > 0 && round < 100; round++) await new Promise((go) => setTimeout(go, 20));
    await frame();
  }

  /** A form asks for rights once nobody types; until then what says which are missing is busy. */
  async function rightsAsked(button) {
    const told = document.getElementById(button.getAttribute('aria-describedby'));
    const untilMs = performance.now() + 30_000;
    while (told?.isConnected && told.getAttribute('aria-busy') !== 'false') {
      if (performance.now() > untilMs) throw new Error(`${signOf(button)}: its rights are never asked for`);
      await frame();
    }
    await settled();
  }

  const textOf = (element) => (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
  const isVisible = (element) => element.checkVisibility() && element.closest('[inert]') === null;

  function waysSeen() {
    return [...document.querySelectorAll('details.ways')].map((each) => {
      const [command, request] = [...each.querySelectorAll('dd code')].map(textOf);
      return { command, request };
    });
  }

  /** Everything that opens is opened, and what is to be filled in is. */
  async function fill(root) {
    for (const details of root.querySelectorAll('details'))
      if (!details.closest('figure')) details.open = true;
    await frame();
    for (const field of root.querySelectorAll('input, textarea')) {
      if (!isVisible(field) || field.disabled || field.value !== '') continue;
      if (['checkbox', 'radio', 'search', 'file', 'date', 'datetime-local'].includes(field.type)) continue;
      field.value = field.tagName === 'TEXTAREA' ? '1=1' : '1';
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
    await settled();
  }

  /** What a control is, whatever row it is in. */
  const signOf = (button) => {
    const own = [...button.childNodes].filter((node) => node.nodeType === 3).map(textOf);
    const place = button.closest('section, article, form, table, dialog');
    return `${place?.getAttribute('aria-labelledby') ?? place?.tagName ?? ''}: ${own.join(' ').trim() || textOf(button)}`;
  };

  const controls = (root) =>
    [...root.querySelectorAll('button')].filter((each) => isVisible(each) && !each.disabled);

  /** Answers a question, and leaves it. What it would do is in `asked`. */
  async function answer(dialog) {
    await fill(dialog);
    const seen = waysSeen();
    const act = controls(dialog).at(-1);
    if (act !== undefined) act.click();
    await settled();
    for (let turn = 0; dialog.isConnected && dialog.open && turn < 3; turn++) {
      dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
      await frame();
    }
    return seen;
  }

  /** Presses every control that was not pressed before; gives what each would have done, and with which ways shown. */
  async function press(already) {
    const [main, start, done] = [document.querySelector('main'), location.hash, new Set(already)];
    const acts = [];
    await settled();
    await fill(main);
    for (;;) {
      const button = controls(main).find((each) => !done.has(signOf(each)));
      if (button === undefined) return { acts, done: [...done], isOver: true };
      const sign = signOf(button);
      done.add(sign);
      if (button.getAttribute('aria-describedby')?.endsWith('-lacking')) {
        await rightsAsked(button);
        if (button.disabled) continue;
      }
      const [from, before] = [asked.length, waysSeen()];
      button.click();
      await settled();
      const dialog = document.querySelector('dialog[open]');
      const inDialog = dialog === null ? [] : await answer(dialog);
      const shown = [...before, ...inDialog, ...waysSeen()];
      for (const request of asked.slice(from)) acts.push({ sign, request, shown });
      if (location.hash.split('?')[0] !== start.split('?')[0])
        return { acts, done: [...done], isOver: false };
      await fill(main);
    }
  }

  globalThis.walk = { press, waysSeen, settled, refused, fill };
})();
