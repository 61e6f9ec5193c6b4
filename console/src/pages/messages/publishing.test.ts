import { expect, it } from 'vitest';
import { EngineSource } from '../../server/engine-source.ts';
import { emptyDraft, parsedHeaders, publishBody, publishCommand } from './publishing.ts';

const own = new EngineSource('embedded');

it('reads headers a line at a time, and names the line that is none', () => {
  expect(parsedHeaders('a=1\n\n b = x=y \nc=[true]\nd="q"')).toEqual({
    kind: 'headers',
    headers: { a: 1, b: 'x=y', c: [true], d: '"q"' },
  });
  expect(parsedHeaders('a=1\nnothing')).toEqual({ kind: 'bad-line', line: 2 });
  expect(parsedHeaders('=x')).toEqual({ kind: 'bad-line', line: 1 });
});

it('makes a request of what was filled in, and of nothing else', () => {
  expect(publishBody({ ...emptyDraft, body: 'b' }, {}, 1_000)).toEqual({
    text: 'b',
    properties: { deliveryMode: 2 },
  });
  const draft = {
    ...{
      ...emptyDraft,
      exchange: 'e',
      routingKey: 'k',
      contentType: 't/t',
      priority: '5',
      expirationMs: '60000',
    },
    ...{ delayMs: '10', deadlineMs: '20', isPersistent: false },
  };
  expect(publishBody(draft, { h: 1 }, 1_000)).toEqual({
    text: '',
    routingKey: 'k',
    properties: {
      ...{ deliveryMode: 1, contentType: 't/t', priority: 5, expiration: '60000' },
      headers: { h: 1, 'x-delay': 10, 'x-deadline': 1_020 },
    },
  });
  expect(publishCommand(own, '/', 'q', draft)).toContain(
    "sluice publish k --exchange e --body '…' --content-type t/t --priority 5 --expiration 60000ms -H x-delay=10",
  );
  expect(publishCommand(own, '/', '-q', { ...emptyDraft, body: '$(x)' })).toBe(
    "sluice publish -q --body '$(x)' --vhost /",
  );
});
