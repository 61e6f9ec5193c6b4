import { expect, it } from 'vitest';
import type { IncidentRow } from '../../server/answers.ts';
import { changesOf, type AuditRow } from './changes.ts';

function row(atMs: number, event: string, subject: string, more: Partial<AuditRow> = {}): AuditRow {
  return { atMs, event, subject, actor: 'ann', outcome: 'success', count: 1, ...more };
}

const ended: IncidentRow = {
  ...{
    id: 'I-7',
    title: 'orders grows',
    severity: 'warning',
    state: 'resolved',
    openedMs: 1,
    resolvedMs: 500,
  },
  ...{ labels: {}, causes: [] },
};

it('tells changes and ended incidents, newest first, each with who and where', () => {
  const audit = [
    row(100, 'policy-set', "policy 'ha' in vhost '/'"),
    row(900, 'topology-created', "queue 'orders' in vhost '/'"),
    row(950, 'sign-in', 'session'),
    row(960, 'user-deleted', "user 'bob'", { outcome: 'refused' }),
  ];
  const open: IncidentRow = { ...ended, id: 'I-8', state: 'open' };
  expect(changesOf(audit, [ended, open], 10)).toMatchObject([
    { word: 'created', who: 'ann', count: 1, link: ['queues', '/', 'orders'] },
    { word: 'resolved', who: '', subject: 'orders grows', link: ['incidents', 'I-7'] },
    { word: 'policySet', subject: "policy 'ha' in vhost '/'", link: undefined },
  ]);
});

it('makes one line of what one person did of one kind in ten minutes', () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    row(index, 'topology-created', `queue 'q${String(index)}' in vhost '/'`, { count: 2 }),
  );
  const audit = [...many, row(20, 'topology-created', "queue 'b' in vhost '/'", { actor: 'bob' })];
  expect(changesOf(audit, [], 10)).toMatchObject([
    { word: 'created', who: 'ann', count: 100, subject: "queue 'q49' in vhost '/'" },
    { word: 'created', who: 'bob', count: 1 },
  ]);
  const apart = [row(0, 'topology-created', 'a'), row(600_001, 'topology-created', 'b')];
  expect(changesOf(apart, [], 10)).toHaveLength(2);
  expect(changesOf(apart, [], 1)).toMatchObject([{ subject: 'b' }]);
});

it('says of a start neither who nor what, and leads to the incident of a remedy', () => {
  const [applied, started] = changesOf(
    [row(1, 'audit-opened', 'the audit log'), row(2, 'remedy-applied', 'add-workers for incident I-3')],
    [],
    10,
  );
  expect(started).toMatchObject({ word: 'started', who: '', subject: '' });
  expect(applied).toMatchObject({ word: 'remedyApplied', link: ['incidents', 'I-3'] });
});

it('leads to no queue that was deleted since, and to one that was declared again', () => {
  const audit = [
    row(100, 'topology-created', "queue 'gone' in vhost '/'"),
    row(200, 'topology-deleted', "queue 'gone' in vhost '/'", { actor: 'bob' }),
    row(300, 'topology-deleted', "queue 'back' in vhost '/'", { actor: 'bob' }),
    row(700_000, 'topology-created', "queue 'back' in vhost '/'"),
  ];
  expect(changesOf(audit, [], 10)).toMatchObject([
    { word: 'created', link: ['queues', '/', 'back'] },
    { word: 'deleted', link: undefined },
    { word: 'created', link: undefined },
  ]);
});
