/** Figures that stand in English texts, `3 min 20 s`, said in Chinese. Invariant: no digit changes. Pure. */

const units: Readonly<Record<string, string>> = {
  ms: '毫秒',
  s: '秒',
  min: '分',
  minutes: '分钟',
  h: '小时',
  hours: '小时',
  d: '天',
  bytes: '字节',
  times: '倍',
};

const words: Readonly<Record<string, string>> = {
  unknown: '未知',
  'for ever': '无限长的时间',
  'no end': '没有尽头',
  yes: '是',
  no: '否',
  'any number of': '不限数量的',
};

const compactUnits: Readonly<Record<string, string>> = {
  ns: '纳秒',
  us: '微秒',
  ms: '毫秒',
  s: '秒',
  m: '分钟',
  h: '小时',
  d: '天',
};

const amount = /^(-?[\d.,]+) (ms|s|min|minutes|h|hours|d|bytes|times)$/;
const compact = /^([\d.]+)(ns|us|ms|s|m|h|d)$/;
const bare = /^-?[\d.,]+(?: ?%|\/s| (?:B|[KMGT]iB))?$/;

/** Undefined: it is no figure. */
export function figureInChinese(text: string): string | undefined {
  if (Object.hasOwn(words, text)) return words[text];
  if (bare.test(text)) return text;
  // `5m`, `1h30m`, and `2 h 5 min`.
  const parts = text.includes(' ') ? text.split(/(?<=[a-z]) (?=[\d-])/) : text.split(/(?<=[a-z])(?=\d)/);
  const said = parts.map((part) => partInChinese(part, parts.length === 1));
  return said.every((part) => part !== undefined) ? said.join(' ') : undefined;
}

function partInChinese(part: string, isAlone: boolean): string | undefined {
  const short = compact.exec(part);
  if (short !== null) return `${short[1]!} ${compactUnits[short[2]!]!}`;
  const long = amount.exec(part);
  if (long === null) return undefined;
  return `${long[1]!} ${isAlone && long[2] === 'min' ? '分钟' : units[long[2]!]!}`;
}
