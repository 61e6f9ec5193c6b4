/** What `/v1/analyze` answers. Times are milliseconds; null: no bound, or not known. */
export interface Slice {
  readonly task: number;
  readonly job: number;
  readonly worker: number;
  readonly from: number;
  readonly to: number;
}

export interface DrawnSchedule {
  readonly tasks: readonly { readonly name: string; readonly period: number; readonly deadline: number }[];
  readonly workers: number;
  readonly horizon: number;
  readonly isCut: boolean;
  readonly slices: readonly Slice[];
  readonly misses: readonly {
    readonly task: number;
    readonly job: number;
    readonly due: number;
    readonly endedAt: number | null;
  }[];
}

export interface TaskVerdict {
  readonly name: string;
  readonly schedulable: boolean;
  readonly responseMax: number | null;
  readonly slack: number | null;
  readonly costMax: number | null;
}

export interface AnalysisAnswer {
  readonly schedulable: boolean;
  readonly test: string;
  readonly exact: boolean;
  readonly inconclusive: string | null;
  readonly confidence: 'guaranteed' | 'statistical';
  readonly cause: string;
  readonly supposes: string;
  readonly advice: readonly string[];
  readonly utilisation: number;
  readonly fewestWorkers: number | null;
  readonly costFactorMax: number | null;
  readonly partition: readonly (readonly string[])[] | null;
  readonly tasks: readonly TaskVerdict[];
  readonly schedule?: DrawnSchedule;
}
