/** What the derived figures mean, in English. */
import type { DerivedName, Told } from './derived.ts';

export const derivedEnglish: Readonly<Record<DerivedName, Told>> = {
  availability: {
    title: 'Availability',
    meaning:
      'The share of the known time in which the engine did its work. Up: probe messages are confirmed and come back; without probes, the engine answers. Time about which nothing is known counts on neither side.',
    judged:
      'Good: above the goal that the page names. Below it, look at the incidents of that time; an engine is best probed from another machine, as a server cannot tell of its own absence.',
  },
  'error-budget': {
    title: 'Error budget left',
    meaning:
      'How much of the downtime that the goal allows is not spent yet, over the span in its row. All of it is left at 100 %; below 0 the goal is missed for this span.',
    judged:
      'Good: it lasts to the end of the span. When it goes fast, put off risky changes until it grows again.',
  },
  'time-to-drain': {
    title: 'Time to drain',
    meaning:
      'How long until nothing waits in the queue, if messages go on coming and being done with as in the last five to ten seconds. Never: more comes than is done.',
    judged:
      'Good: shorter than messages may wait. Never, for longer than a burst lasts, needs more or faster consumers.',
  },
  forecast: {
    title: 'Forecast',
    meaning:
      'Where the queue and the disk are going: a line through the last half hour by the median of all slopes, which a few wild points do not turn. The band is where it may end instead. It assumes that all goes on as it went.',
    judged: 'Good: no limit is reached. Where one is, the earliest time is the one to act by.',
  },
  'exchange-published-in': {
    title: 'Published to an exchange',
    meaning:
      'Messages that clients published to the exchange since the process began. By the second: between two looks of this page.',
    judged: 'Neither high nor low is bad; it falling to nothing says that publishers are gone.',
  },
  'exchange-published-out': {
    title: 'Given to queues by an exchange',
    meaning:
      'How many times messages of the exchange went into a queue since the process began. One message counts once for each queue that took it.',
    judged: 'Less than what came in says that messages find no queue: look at the bindings.',
  },
  'dead-letters': {
    title: 'Dead letters',
    meaning:
      'Messages in a queue of dead letters that nobody has now: rejected, expired, over a limit, or of tasks that failed for good.',
    judged: 'Good: none, or no more than yesterday. Look at what they died of before sending them back.',
  },
  'vhost-messages': {
    title: 'Messages of a virtual host',
    meaning:
      'All messages in its queues: those that may be had, that consumers hold and that wait for their time.',
  },
  'engine-nodes': {
    title: 'Nodes',
    meaning: 'Nodes of the engine that run, of those that it is to have.',
    judged: 'Fewer than there should be: the engine may go on, but the next failure can stop it.',
  },
  copies: {
    title: 'Copies',
    meaning:
      'Copies of the queue, or of its partitions, on nodes of the engine, and how many have all that was confirmed.',
    judged: 'Good: as many in step as there are to be. One alone is lost with its node.',
  },
  'rule-stretch': {
    title: 'How long a rule held',
    meaning:
      'From when the rule was pending, firing or unknown of an object to when it no longer was, in the replay over recorded history.',
    judged:
      'Many short stretches: the level is too near to what is usual, or the rule should hold for longer before it fires.',
  },
  'worker-load': {
    title: 'Busy',
    meaning: 'Of the tasks that the workers of a type may hold at a time, the share that they hold now.',
    judged:
      'At 100 % for long, with tasks waiting: more workers, or more tasks at a time. Near 0: fewer would do.',
  },
  'running-for': {
    title: 'Running for',
    meaning: 'How long ago the worker took the task, by the clock of the server.',
    judged: 'Far longer than its type takes: the worker hangs, or waits for something outside.',
  },
  'expected-end': {
    title: 'Expected end',
    meaning:
      'When the task should end, by what attempts of its type took lately. Unknown until some have ended.',
    judged: 'Long past: the task takes longer than most.',
  },
  'deadline-risk': {
    title: 'Risk of missing the deadline',
    meaning:
      'Whether the task is expected to end after its deadline: a running one by its expected end, a waiting one by those before it and what its type takes. Without a deadline or a known cost there is none.',
    judged:
      'At risk: there is still time to add a worker, or to put it first. Late: the deadline has passed.',
  },
  attempts: {
    title: 'Attempts',
    meaning: 'How many times workers began the task: the first time and each retry.',
    judged: 'More than one says that it failed before; its page tells of what.',
  },
  utilisation: {
    title: 'Utilisation',
    meaning:
      'The work that the tasks ask for: the cost of each by its period, added up. 1 is one worker, busy all the time.',
    judged:
      'Above the number of workers no order of the tasks can help. Below it, the verdict says whether the order can.',
  },
  'fewest-workers': {
    title: 'Fewest workers',
    meaning: 'The smallest number of workers with which the analysis proves that every deadline is met.',
  },
  'worst-response': {
    title: 'Longest response',
    meaning:
      'The longest time from the arrival of a job to its end that can happen, all tasks costing the most that they may.',
    judged: 'Good: no longer than the deadline.',
  },
  slack: {
    title: 'Slack',
    meaning: 'What is left between the longest response and the deadline.',
    judged: 'Below 0 the deadline can be missed. Small: a slower machine is enough to miss it.',
  },
  'cost-growth': {
    title: 'Growth of cost',
    meaning:
      'How much longer a task may take, all else equal, before some deadline can be missed; for all together, the factor for every cost at once.',
    judged: 'Small: measure what the task really takes before relying on the verdict.',
  },
  'recovery-time': {
    title: 'Recovery time',
    meaning: 'The mean time from the first failure of an outage until the engine worked again.',
    judged: 'Good: shorter than the goal. Every outage by itself is in the history of the engine.',
  },
};
