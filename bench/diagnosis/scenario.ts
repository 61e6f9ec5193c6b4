/**
 * One run of a scenario: a service that is well for five minutes, a fault, and what the diagnosis says of it. Invariant:
 * the same scenario and seed give the same verdict.
 */
import type { Cause, Signature } from '../../src/alerts/index.js';
import { seededRandom, type Random } from '../../src/kernel/index.js';
import { buildService, type ServiceName, type Shop } from './shop.js';
import { Service } from './service.js';

export interface Scenario {
  readonly name: string;
  /** Signatures that are right; of several faults at once all of them. None: a control, quiet but busy. */
  readonly expects: readonly string[];
  /** Does what goes wrong, and gives how; called when everything has been well for five minutes. */
  readonly begin: (shop: Shop, random: Random) => void;
  /** What it happens to: the shop, unless said otherwise. */
  readonly service?: ServiceName;
  /** How long a control is watched; 180 s unless said otherwise. */
  readonly watchSeconds?: number;
}

export interface Verdict {
  readonly scenario: string;
  readonly seed: number;
  readonly expects: readonly string[];
  /** Seconds from the fault to the first suspicion; undefined: there was none. */
  readonly detectedSeconds: number | undefined;
  /** The causes at that moment and 30 s later, the likeliest first. */
  readonly atDetection: readonly string[];
  readonly later: readonly string[];
  /** Suspicions while nothing was wrong. */
  readonly falseAlarms: readonly string[];
  /** The first cause when it was first suspected is right. */
  readonly isRight: boolean;
  /** 30 s later it is, and each of several faults is among as many first causes. */
  readonly isRightLater: boolean;
}

export interface RunOptions {
  readonly seed: number;
  readonly signatures?: readonly Signature[];
  readonly onCauses?: (causes: readonly Cause[]) => void;
}

const wellSeconds = 300;
const faultSecondsMax = 120;
const secondLookSeconds = 30;

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Verdict> {
  const { seed, signatures } = options;
  const service = await Service.open({ seed, ...(signatures === undefined ? {} : { signatures }) });
  const falseAlarms = new Set<string>();
  const note = (): boolean => {
    for (const { signature, subject } of service.diagnosis.suspicions)
      falseAlarms.add(`${signature} ${Object.values(subject.labels).join(' ')}`);
    return false;
  };
  const random = seededRandom(seed * 7 + 3);
  const shop = buildService(service, random, { name: scenario.service ?? 'shop' });
  await service.run(wellSeconds, note);
  scenario.begin(shop, random);
  const isControl = scenario.expects.length === 0;
  if (isControl) await service.run(scenario.watchSeconds ?? 180, note);
  const found = isControl ? nothing : await watch(service, options);
  await service.close();
  return {
    scenario: scenario.name,
    seed,
    expects: scenario.expects,
    falseAlarms: [...falseAlarms],
    ...judge(scenario, found, falseAlarms),
  };
}

interface Found {
  readonly detectedSeconds: number | undefined;
  readonly atDetection: readonly string[];
  readonly later: readonly string[];
}

const nothing: Found = { detectedSeconds: undefined, atDetection: [], later: [] };

async function watch(service: Service, { onCauses }: RunOptions): Promise<Found> {
  const begun = service.second;
  const causes = (): readonly string[] => {
    const found = service.diagnosis.diagnose();
    onCauses?.(found);
    return found.map(({ signature }) => signature);
  };
  await service.run(faultSecondsMax, () => service.diagnosis.suspicions.length > 0);
  if (service.diagnosis.suspicions.length === 0) return nothing;
  const detectedSeconds = service.second - begun;
  const atDetection = causes();
  await service.run(secondLookSeconds);
  return { detectedSeconds, atDetection, later: causes() };
}

function judge(
  { expects }: Scenario,
  found: Found,
  falseAlarms: ReadonlySet<string>,
): Found & { readonly isRight: boolean; readonly isRightLater: boolean } {
  const isQuiet = falseAlarms.size === 0;
  if (expects.length === 0) return { ...found, isRight: isQuiet, isRightLater: isQuiet };
  const [first] = found.atDetection;
  const firsts = found.later.slice(0, expects.length);
  return {
    ...found,
    isRight: first !== undefined && expects.includes(first),
    isRightLater: expects.every((each) => firsts.includes(each)),
  };
}
