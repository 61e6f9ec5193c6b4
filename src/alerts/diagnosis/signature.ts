/**
 * What a fault signature is: symptoms, evidence for and against, the cause in words, remedies, and the check that a
 * remedy worked. Invariant: plain data; all of it can be printed, and nothing in it runs.
 */
import type { MetricUnit } from '../../monitor/index.js';
import type { Amount, Condition } from './expression.js';

/** A thing that speaks for the cause, or against it. */
export interface Clue {
  readonly text: string;
  /** How much it says: of evidence for, a share of all that is looked for; of evidence against, 0 to 1. */
  readonly weight: number;
  readonly condition: Condition;
}

/** A figure that words and remedies may use, by its name in braces. */
export interface NamedFigure {
  readonly amount: Amount;
  readonly unit: MetricUnit | 'per-second';
}

/** The label of the related object of which an amount is greatest: the one that is worst. */
export interface WorstObject {
  readonly kind: string;
  readonly label: string;
  readonly amount: Amount;
}

/** What a parameter of a remedy is filled from. */
export type ParameterSource =
  | { readonly label: string }
  | { readonly figure: string }
  | { readonly worst: string }
  | { readonly value: string | number | boolean };

export interface RemedyTemplate {
  /** The name of a remedy; `advice`: a person does it. */
  readonly remedy: string;
  readonly parameters: Readonly<Record<string, ParameterSource>>;
  readonly text: string;
  /** With parameters in braces; empty: there is no command. */
  readonly command: string;
}

/** What has to hold, and how soon, when a remedy worked. */
export interface RemedyCheck {
  readonly text: string;
  readonly withinSeconds: number;
  readonly condition: Condition;
}

export interface Signature {
  readonly name: string;
  /** Its number in the list of fault signatures that the analysis was made from. */
  readonly number: number;
  readonly title: string;
  /** The kind of object of the catalogue that it is a fault of. */
  readonly kind: string;
  /** `log`: only engines that are logs (Kafka, RocketMQ) measure what it looks at. */
  readonly engines: 'every' | 'log';
  /** What has to hold for the fault to be suspected at all. */
  readonly symptoms: Condition;
  /** In a sentence. */
  readonly symptomsText: string;
  /** How that is judged to the second, for the documentation, where it is more than a sentence can say. */
  readonly symptomsRule?: string;
  readonly speaksFor: readonly Clue[];
  readonly speaksAgainst: readonly Clue[];
  /** With labels and figures in braces. */
  readonly cause: string;
  readonly figures: Readonly<Record<string, NamedFigure>>;
  readonly worst: Readonly<Record<string, WorstObject>>;
  readonly remedies: readonly RemedyTemplate[];
  readonly check: RemedyCheck;
  /** Signatures that this one explains, where both are found on the same object or on related ones. */
  readonly explains: readonly string[];
}
