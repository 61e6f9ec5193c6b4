/** Tasks: declared once, enqueued and handled anywhere, retried, awaited. */
export type { AfterFailure } from './dependencies.js';
export type { DeadLetters, DeadTask, RedriveOptions, RedriveReport } from './dead-letters.js';
export type { FailedAttempt } from './failed-attempts.js';
export { TaskLedger, type LedgerTask } from './figures/task-ledger.js';
export { reportPrefix } from './figures/task-report.js';
export type { Collected, Gathered, GatherOptions } from './gather.js';
export type { Outcome } from './outcome.js';
export type { MissedPolicy } from './periodic/firings.js';
export {
  encodeKeptSchedule,
  keptScheduleKey,
  momentsOf,
  type KeptSchedule,
  type StoredSchedule,
} from './periodic/kept-schedule.js';
export type { ListedSchedule } from './periodic/schedule-list.js';
export { ownQueueOf, ownQueueOn } from './own-queue.js';
export type { OverlapPolicy, PeriodicOptions } from './periodic/periodic-plan.js';
export type { RetryOptions } from './retry-policy.js';
export type { StandardSchema } from './standard-schema.js';
export type { AnyTask } from './attempt.js';
export type { EnqueueOptions, Task, TaskCall } from './task.js';
export type { AnalyzeOptions, TasksAnalysis } from './task-analysis.js';
export { TaskApp, type AdviceTarget } from './task-app.js';
export type { TaskContext } from './task-context.js';
export {
  DeadlineMissed,
  DependencyFailed,
  NonRetryable,
  RetryLater,
  ResultTooLarge,
  SchemaMismatch,
  TaskCancelled,
  TaskFailed,
  type FailureReport,
} from './task-errors.js';
export type { CancelResult } from './task-enquiry.js';
export type {
  ListedTask,
  ListedTaskState,
  RetryResult,
  TaskDirectory,
  TaskQueueFigures,
} from './task-directory.js';
export type { RunningTask, TaskRisk, WaitingTask, WorkNow } from './work-now.js';
export type { ListedWorker } from './roster/worker-record.js';
export type { FoundTask } from './task-enquiry.js';
export type { BusyTask, Explanation, TaskWhy } from './task-explanation.js';
export type { PendingTask, TaskStatus } from './task-status.js';
export type { ResultOptions, TaskHandle } from './task-handle.js';
export { ThreadEnded } from './threads/thread-ended.js';
export type { ThreadOptions } from './threads/thread-plan.js';
export type { ConcurrencyRange, WorkerThreadOptions } from './threads/worker-threads.js';
export type { TaskId } from './task-id.js';
export { taskHeaders, taskMessage } from './task-message.js';
export {
  isTaskName,
  taskQueueOf,
  type LatePolicy,
  type Priority,
  type TaskHandler,
  type TaskOptions,
} from './task-options.js';
export type { AttemptResult } from './attempt-result.js';
export type { AttemptTrace, TaskTracing } from './tracing.js';
export type { Worker, CloseWorkerOptions, WorkerOptions } from './worker.js';
export type { TaskEvent, WorkerEvents } from './worker-events.js';
export { tasksInChinese } from './chinese.js';
