/**
 * A close look at one object for one signature: evidence, score, words and remedies. Invariant: nothing is a cause whose
 * symptoms are not known to hold; the score is 0.35 and up to 0.65 for evidence found, less what speaks against it.
 */
import type { Cause, Evidence, RemedyProposal, Subject } from '../types.js';
import { amountOf, holds } from './evaluate.js';
import type { Field } from './field.js';
import { readingsOf } from './readings.js';
import type { Recent } from './recent.js';
import type { Clue, ParameterSource, RemedyTemplate, Signature } from './signature.js';
import { figureText, fillWords } from './words.js';

const scoreOfSymptoms = 0.35;

/** Undefined: its symptoms do not hold, or nobody knows. */
export function examine(signature: Signature, recent: Recent, field: Field): Cause | undefined {
  if (holds(signature.symptoms, recent, field) !== true) return undefined;
  const { name, title, check, symptoms, symptomsText } = signature;
  const fill = (template: string): string =>
    fillWords(template, (each) => wordOf(each, signature, recent, field));
  const weighed = weigh(signature, recent, field);
  const first: Evidence = {
    speaks: 'for',
    text: symptomsText,
    readings: readingsOf(symptoms, recent, field),
  };
  return {
    signature: name,
    subject: recent.subject,
    title,
    explanation: fill(signature.cause),
    score: weighed.score,
    evidence: [first, ...weighed.evidence],
    remedies: signature.remedies.map((template) => propose(template, signature, recent, field, fill)),
    check: { text: check.text, withinSeconds: check.withinSeconds },
  };
}

function weigh(
  { speaksFor, speaksAgainst }: Signature,
  recent: Recent,
  field: Field,
): { readonly score: number; readonly evidence: readonly Evidence[] } {
  const evidence: Evidence[] = [];
  let [found, sought, kept] = [0, 0, 1];
  for (const clue of speaksFor) {
    const truth = holds(clue.condition, recent, field);
    sought += truth === undefined ? clue.weight / 2 : clue.weight;
    if (truth === true) found += clue.weight;
    evidence.push(
      evidenceOf(clue, truth === undefined ? 'unknown' : truth ? 'for' : 'against', recent, field),
    );
  }
  for (const clue of speaksAgainst) {
    const truth = holds(clue.condition, recent, field);
    if (truth === true) kept *= 1 - clue.weight;
    if (truth !== false)
      evidence.push(evidenceOf(clue, truth === true ? 'against' : 'unknown', recent, field));
  }
  const share = sought > 0 ? found / sought : 1;
  return { score: (scoreOfSymptoms + (1 - scoreOfSymptoms) * share) * kept, evidence };
}

/** What was looked for and is not so speaks against the cause, and its text says so. */
function evidenceOf(clue: Clue, speaks: Evidence['speaks'], recent: Recent, field: Field): Evidence {
  const isMissing = speaks === 'against' && holds(clue.condition, recent, field) === false;
  const text = isMissing ? `Not so: ${clue.text}` : clue.text;
  return { speaks, text, readings: readingsOf(clue.condition, recent, field) };
}

function propose(
  { remedy, parameters, text, command }: RemedyTemplate,
  signature: Signature,
  recent: Recent,
  field: Field,
  fill: (template: string) => string,
): RemedyProposal {
  const filled: Record<string, string | number> = {};
  for (const [name, source] of Object.entries(parameters)) {
    const value = parameterOf(source, signature, recent, field);
    if (value !== undefined) filled[name] = value;
  }
  const words = Object.fromEntries(
    Object.entries(parameters).map(([name]) => [name, shellWord(filled[name])] as const),
  );
  const line = fillWords(command, (name) => words[name] ?? fill(`{${name}}`));
  return { remedy, parameters: filled, text: fill(text), command: line };
}

/** Undefined: unknown. Counts are whole. */
function parameterOf(
  source: ParameterSource,
  signature: Signature,
  recent: Recent,
  field: Field,
): string | number | undefined {
  if ('value' in source) return typeof source.value === 'boolean' ? String(source.value) : source.value;
  if ('label' in source) return recent.subject.labels[source.label];
  if ('worst' in source) return worstOf(source.worst, signature, recent, field);
  const value = amountOf(signature.figures[source.figure]!.amount, recent, field);
  return Number.isFinite(value) ? Math.ceil(value) : undefined;
}

function worstOf(name: string, signature: Signature, recent: Recent, field: Field): string | undefined {
  const worst = signature.worst[name];
  if (worst === undefined) return undefined;
  let [found, most] = [undefined as Subject | undefined, -Infinity];
  for (const each of field.related(recent, worst.kind)) {
    const amount = amountOf(worst.amount, each, field);
    if (amount > most) [found, most] = [each.subject, amount];
  }
  return found?.labels[worst.label];
}

function wordOf(name: string, signature: Signature, recent: Recent, field: Field): string {
  const label = recent.subject.labels[name];
  if (label !== undefined) return label;
  const figure = signature.figures[name];
  if (figure !== undefined) {
    const value = amountOf(figure.amount, recent, field);
    const isWhole = figure.unit === 'count' && name === 'workers';
    return figureText(isWhole ? Math.ceil(value) : value, figure.unit);
  }
  return worstOf(name, signature, recent, field) ?? 'unknown';
}

/** A value as a shell takes it; what is unknown stands in capitals, for a person to fill in. */
function shellWord(value: string | number | undefined): string {
  if (value === undefined) return 'VALUE';
  const text = String(value);
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
