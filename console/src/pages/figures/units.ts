/** The units of figures in the language in use. Invariant: a unit that has no word is shown as the server tells it. */
import { sayer } from '../../words/words.svelte.ts';

const en = {
  boolean: 'yes or no',
  bytes: 'bytes',
  count: 'count',
  messages: 'messages',
  ratio: 'ratio',
  seconds: 'seconds',
  time: 'time',
  workers: 'workers',
} as const;

type Unit = keyof typeof en;

const sayUnit = sayer<Unit>({
  en,
  zh: {
    boolean: '是或否',
    bytes: '字节',
    count: '个数',
    messages: '消息数',
    ratio: '比率',
    seconds: '秒',
    time: '时刻',
    workers: '工作者数',
  },
});

const isUnit = (unit: string): unit is Unit => Object.hasOwn(en, unit);

/** A unit in words; of several, parted by commas, each. */
export function unitWords(unit: string): string {
  return unit
    .split(', ')
    .map((each) => (isUnit(each) ? sayUnit(each) : each))
    .join(', ');
}
