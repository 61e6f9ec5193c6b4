/**
 * Text made harmless for each markup. Invariant: names of queues, users and clients are anybody's text; in no format do
 * they become a link, a mention, a heading or a script. Pure.
 */

/** For HTML, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Signs that begin something in Slack's mrkdwn; a zero-width space after them leaves them signs. */
const slackSigns = /[*_~`]/g;

/**
 * For Slack's mrkdwn: its three entities (https://docs.slack.dev/messaging/formatting-message-text), and a word joiner
 * by its signs of emphasis, which have no escape. Mentions and links need `<`.
 */
export function escapeSlack(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(slackSigns, (sign) => `\u2060${sign}\u2060`);
}

/** In a code span of Slack: nothing but the entities counts there, and a backtick would end it. */
export function slackCode(text: string): string {
  const plain = text.replaceAll('`', 'ˋ');
  return `\`${plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\``;
}

/** Full-width forms of the signs that begin something in Markdown; they look alike, and begin nothing. */
const wideSigns: Readonly<Record<string, string>> = {
  '\\': '＼',
  '`': 'ˋ',
  '*': '＊',
  _: '＿',
  '[': '［',
  ']': '］',
  '<': '＜',
  '>': '＞',
  '#': '＃',
  '|': '｜',
  '~': '～',
  '!': '！',
  '@': '＠',
  '&': '＆',
};

/**
 * For the Markdown of DingTalk, WeCom and Feishu. They differ in whether a backslash escapes, and all take `@`, tags of
 * HTML and bare addresses as meant; so the signs are replaced, and addresses broken.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>#|~!@&]/g, (sign) => wideSigns[sign]!)
    .replaceAll('://', ':\u2060//')
    .replaceAll(/^(\s*)([-+]|\d+\.)(\s)/g, '$1\u2060$2$3');
}

/**
 * In a code span of that Markdown: only what ends it, tags, mentions and links, as not every client knows such spans.
 * Underscores, stars and slashes stay, to be copied.
 */
export function markdownCode(text: string): string {
  const plain = text
    .replaceAll('`', 'ˋ')
    .replaceAll('<', '＜')
    .replaceAll('>', '＞')
    .replaceAll('@', '＠')
    .replaceAll('](', ']\u2060(');
  return `\`${plain}\``;
}

/** An address inside a link of Markdown: what would end it is percent-encoded. Undefined: it is no web address. */
export function linkAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return url.href.replaceAll(
    /[()<>|\s"'`\\*[\]]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Cuts lines until their UTF-8 bytes fit, whole lines from the end first. */
export function fitLines(lines: readonly string[], bytesMax: number): string {
  const kept = [...lines];
  while (kept.length > 1 && Buffer.byteLength(kept.join('\n')) > bytesMax) kept.pop();
  return kept.join('\n');
}
