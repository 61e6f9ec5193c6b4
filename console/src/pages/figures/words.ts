/** Words of the page that explains figures. */
import { sayer } from '../../words/words.svelte.ts';

const en = {
  lead: 'What every figure means, how it is measured, and how Prometheus is asked for it. The name of a figure on any page leads here.',
  search: 'Search by name or meaning',
  noMatch: 'No figure fits.',
  unknownFigure: 'There is no figure of the name {name}.',
  derived: 'Worked out from others',
  judged: 'Good and bad',
  formula: 'Formula',
  from: 'From',
  measuredOf: 'Measured of',
  measuredEach: 'each {kind} ({labels}), once a second',
  prometheus: 'Prometheus',
  inPrometheus: 'In a scrape',
  inHistory: 'In history and in the API',
  read: 'How to read it',
  readCounter:
    'It only grows, but for restarts. The pages show how much it grew, by the second: the difference of two readings divided by the time between them.',
  readGauge: 'Its value now. Unknown where it could not be measured, never 0 instead.',
  readHistogram:
    'A distribution. “99 %”: of a hundred, ninety-nine were as fast or faster, in the second before; the median is 50 %. A bound of its buckets is off by 3 % at most. Quantiles of parts cannot be added.',
  asNow: 'now',
  asRate: 'by the second',
  asQuantile: '99 of 100',
  asMean: 'mean',
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
} as const;

export type FiguresWord = keyof typeof en;

const zh: Readonly<Record<FiguresWord, string>> = {
  lead: '每个指标的含义、测量方式，以及如何向 Prometheus 查询。任何页面上的指标名称都通向这里。',
  search: '按名称或含义搜索',
  noMatch: '没有符合的指标。',
  unknownFigure: '没有名为 {name} 的指标。',
  derived: '由其他指标推算',
  judged: '好与坏',
  formula: '公式',
  from: '来源',
  measuredOf: '测量对象',
  measuredEach: '每个 {kind}（{labels}），每秒一次',
  prometheus: 'Prometheus',
  inPrometheus: '抓取时的名称',
  inHistory: '历史与 API 中的名称',
  read: '如何解读',
  readCounter: '只增不减，重启除外。页面显示每秒增量：两次读数之差除以其间的时间。',
  readGauge: '当前值。无法测量时为未知，绝不以 0 代替。',
  readHistogram:
    '一个分布。“99 %”：前一秒内，一百次中有九十九次不慢于此；中位数即 50 %。桶边界的误差不超过 3 %。各部分的分位数不能相加。',
  asNow: '当前',
  asRate: '每秒',
  asQuantile: '99 分位',
  asMean: '平均',
  counter: '计数器',
  gauge: '瞬时值',
  histogram: '直方图',
};

export const sayFigures = sayer<FiguresWord>({ en, zh });
