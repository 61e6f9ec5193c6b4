/** The measures of what diagnosis remembers: steps of 5 s, and how long each thing is kept. Constants alone. */

/** Seconds of one step. */
export const stepSeconds = 5;
/** Steps that are kept: two minutes. */
export const stepsKept = 24;
/** Steps after which a value counts towards what is usual. */
export const usualLagSteps = 12;
/** Of ten minutes' steps; fewer while fewer were seen. */
export const usualStepsMax = 120;
export const usualStepsMin = 4;
/** Of what was highest, for each step: half in ten hours. */
export const fading = 0.9999;
/** A coarser point, for slow growth. */
export const coarseSeconds = 60;
export const coarsePoints = 60;
