/** Diagnosis: fault signatures as data, and the causes that fit what is measured. */
export { Diagnosis, type Suspicion } from './diagnosis.js';
export type { Truth } from './evaluate.js';
export type { Clue, RemedyCheck, RemedyTemplate, Signature } from './signature.js';
export { signatures } from './signatures/index.js';
export { describeSignatures } from './describe.js';
export { LiveDiagnosis, type LiveDiagnosisOptions } from './live-diagnosis.js';
