/**
 * The dashboards. Invariant: their levels are those of the default rules, which are passed in; their metrics are those of
 * the catalogue, which a test holds.
 */
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { dashboard } from './dashboard.mjs';
import { brokerSections } from './broker-sections.mjs';
import { engineSections } from './engine-sections.mjs';

/** `rules`: the definitions of the default rules. Gives file names to dashboards. */
function dashboards(rules) {
  const rule = (name) => {
    const found = rules.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no default rule ${name}`);
    return found;
  };
  const { overview, queue, tasks } = brokerSections(rule);
  const { journal, engines } = engineSections(rule);
  const all = {
    overview: {
      title: 'Sluice: overview',
      description:
        'Whether all is well: throughput, latency, queue length, memory and disk. See docs/metrics.md.',
      ...{ variables: ['engine', 'vhost'], sections: overview },
    },
    queue: {
      title: 'Sluice: queue',
      description:
        'One queue, or some. It needs a scrape of /metrics?per=queue,consumer&buckets=yes: see docs/prometheus.md.',
      ...{ variables: ['engine', 'vhost', 'queue'], sections: queue },
    },
    tasks: {
      title: 'Sluice: tasks and deadlines',
      description: 'What tasks do, and whether they are in time. See docs/tasks.md and docs/scheduling.md.',
      ...{ variables: ['engine', 'task'], sections: tasks },
    },
    journal: {
      title: 'Sluice: journal and recovery',
      description:
        'How fast messages become durable, and what a restart would read. See docs/ARCHITECTURE.md.',
      ...{ variables: ['engine'], sections: journal },
    },
    engines: {
      title: 'Sluice: engines',
      description:
        'Every engine that is watched: whether it answers, who is connected, partitions. See docs/metrics.md.',
      ...{ variables: ['engine'], sections: engines },
    },
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, given]) => [
      `sluice-${name}.json`,
      dashboard({ uid: `sluice-${name}`, ...given }),
    ]),
  );
}

/** The files' texts by name, laid out as everything in the repository is. */
export async function dashboardFiles(rules) {
  const settings = { ...(await resolveConfig(fileURLToPath(import.meta.url))), parser: 'json' };
  const files = Object.entries(dashboards(rules)).map(async ([name, made]) => [
    name,
    await format(JSON.stringify(made), settings),
  ]);
  return Object.fromEntries(await Promise.all(files));
}
