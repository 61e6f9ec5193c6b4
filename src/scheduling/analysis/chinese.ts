/** Verdicts of the analysis of deadlines in Chinese: why, and what would help. */
import type { Phrases } from '../../words/index.js';

const causes: Phrases = {
  'The utilisation is within the hyperbolic bound; exact responses would take too long to compute.':
    '利用率在双曲线界之内；精确的响应时间计算耗时过长。',
  'Inconclusive, because {because:phrase}.': '无法定论，因为{because}。',
  'The tasks ask for {asked:figure} workers, and there is 1.': '这些任务需要 {asked} 个工作者，而只有 1 个。',
  'The tasks ask for {asked:figure} workers, and there are {workers:figure}.':
    '这些任务需要 {asked} 个工作者，而有 {workers} 个。',
  'With what goes before it, {task} is late ever more, or later than was computed.':
    '加上排在前面的工作，{task} 越来越迟，或比已算出的更迟。',
  'Each task meets its deadline; how early was not computed.': '每个任务都能赶上截止时间；提前多少没有计算。',
  'Of jobs that arrive together, {demand:figure} of work are due within {by:figure}.':
    '同时到达的作业中，{demand} 的工作须在 {by}内完成。',
  'Of jobs that arrive together, {demand:figure} of work are due within {by:figure}, after {blocker} held the worker for up to {blocking:figure}.':
    '在 {blocker} 占用工作者至多 {blocking}之后，同时到达的作业中 {demand} 的工作须在 {by}内完成。',
  'Job {number:figure} of {task}, which arrives at {arrival:figure} and is due at {due:figure}, is not done.':
    '{task} 的第 {number} 个作业在 {arrival} 到达、{due} 到期，没有完成。',
  'Job {number:figure} of {task}, which arrives at {arrival:figure} and is due at {due:figure}, is done at {ended:figure}.':
    '{task} 的第 {number} 个作业在 {arrival} 到达、{due} 到期，到 {ended} 才完成。',
  'The sum of the densities is {density:figure}; with {workers:figure} workers up to {limit:figure} is proven.':
    '密度之和为 {density}；{workers} 个工作者时只证明到 {limit}。',
  'No worker has room for {task} beside the tasks placed before it.':
    '放好前面的任务之后，没有工作者容得下 {task}。',
  'The other tasks could keep all {workers:figure} workers busy until {task} is too late: it must start within {latest:figure}.':
    '其他任务可能让全部 {workers} 个工作者一直忙到 {task} 来不及：它须在 {latest}内开始。',
  '{task} takes {cost:figure}; its deadline is {deadline:figure}.':
    '{task} 耗时 {cost}；截止时间是 {deadline}。',
  '{task} takes {cost:figure} and may become ready {jitter:figure} late; its deadline is {deadline:figure}.':
    '{task} 耗时 {cost}，可能晚 {jitter}就绪；截止时间是 {deadline}。',
};

/** The task that is nearest to its deadline, or furthest behind it; with what its time is made of, or without. */
const responses: Phrases = Object.fromEntries(
  [
    [
      'The worst is {task}, done after up to {response:figure}, {slack:figure} past its deadline of {deadline:figure}',
      '最差的是 {task}：至多 {response}完成，超过截止时间 {deadline} {slack}',
    ],
    [
      'The tightest is {task}, done after up to {response:figure}, {slack:figure} before its deadline of {deadline:figure}',
      '最紧的是 {task}：至多 {response}完成，比截止时间 {deadline} 提前 {slack}',
    ],
  ].flatMap(([english, said]) => [
    [`${english!}.`, `${said!}。`],
    [`${english!}: {parts:phrase}.`, `${said!}：{parts}。`],
  ]),
);

const parts: Phrases = {
  'its own {cost:figure}': '自身 {cost}',
  'its own {cost:figure}, {more:phrase}': '自身 {cost}，{more}',
  '{count:figure} earlier {jobs:phrase} of its own': '更早的 {count} 个{jobs}',
  '{count:figure} earlier {jobs:phrase} of its own, {more:phrase}': '更早的 {count} 个{jobs}，{more}',
  job: '作业',
  jobs: '作业',
  '{time:figure} of {blocker}, which cannot be interrupted': '不可打断的 {blocker} 的 {time}',
  '{time:figure} of {blocker}, which cannot be interrupted, {more:phrase}':
    '不可打断的 {blocker} 的 {time}，{more}',
  '{count:figure} x {time:figure} of {task}': '{task} 的 {count} × {time}',
  '{count:figure} x {time:figure} of {task}, {more:sentence}': '{task} 的 {count} × {time}，{more}',
};

const supposed: Phrases = {
  'All tasks start together, and every job comes exactly a period after the one before and takes its whole cost.':
    '所有任务同时开始，每个作业恰在前一个之后一个周期到来，并用满其耗时。',
  'Jobs of a task come at any moments at least a period apart, and take at most their cost.':
    '任务的作业在任意时刻到来，至少相隔一个周期，耗时至多为其设定值。',
  'Jobs of a task come at any moments at least a period apart, and take at most their cost. Of equal periods the task listed first goes first.':
    '任务的作业在任意时刻到来，至少相隔一个周期，耗时至多为其设定值。周期相等时，列在前面的任务优先。',
  'Jobs of a task come at any moments at least a period apart, and take at most their cost. Of equal deadlines the task listed first goes first.':
    '任务的作业在任意时刻到来，至少相隔一个周期，耗时至多为其设定值。截止时间相等时，列在前面的任务优先。',
  'it would take too many steps': '需要的步数太多',
  'times would grow beyond what is computed exactly': '时间会超出可精确计算的范围',
};

const advice: Phrases = {
  'Shorten one cost: {each}.': '缩短其中一项耗时：{each}。',
  'Use {workers:figure} workers.': '使用 {workers} 个工作者。',
  'Use 1 worker: the exact test for one accepts what the test for several cannot show.':
    '使用 1 个工作者：多工作者的测试无法证明的，单工作者的精确测试可以接受。',
  'Shorten all costs to {share:figure} of what they are.': '把所有耗时缩短到现在的 {share}。',
  'Split {tasks} into shorter jobs, or give more time: alone they are late too.':
    '把 {tasks} 拆成更短的作业，或给更多时间：它们单独运行也会迟。',
  'Serve the earliest deadline first (edf).': '最早截止时间优先（edf）。',
  'Hold back: let the worker wait for an urgent job rather than start a long one (edf, hold-back).':
    '留空等待：让工作者等紧急作业，而不是先开始长作业（edf，hold-back）。',
  'Give each task a worker of its own choice (partitioned).': '给每个任务固定的工作者（partitioned）。',
  'Let urgent jobs interrupt: split long handlers by awaiting between short pieces (preemptive).':
    '允许紧急作业打断：在短片段之间 await，拆开长处理程序（preemptive）。',
};

export const analysisInChinese: Phrases = { ...causes, ...responses, ...parts, ...supposed, ...advice };
