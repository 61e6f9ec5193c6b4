/** What `/v1/engines` answers, as far as its pages use it. What is left out is unknown. */
export interface EngineRow {
  readonly engine: string;
  readonly kind?: 'embedded' | 'sluice' | 'rabbitmq';
  readonly address: string;
  readonly management?: string;
  readonly version?: string;
  readonly isUp?: boolean;
  readonly sinceMs?: number;
  readonly problem?: { readonly text: string; readonly atMs: number };
  readonly isProbed: boolean;
  readonly availability?: number;
  readonly nodes?: number;
  readonly nodesRunning?: number;
  readonly queues?: number;
  readonly ready?: number;
  readonly connections?: number;
  readonly alarms?: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export interface NodeRow {
  readonly name: string;
  readonly isRunning: boolean;
  readonly residentBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly openDescriptors?: number;
  readonly descriptorsMax?: number;
  readonly diskFreeBytes?: number;
  readonly diskFreeLimitBytes?: number;
  readonly uptimeSeconds?: number;
  readonly alarms: Readonly<Partial<Record<'memory' | 'disk', boolean>>>;
  readonly partitions?: readonly string[];
}

export interface Capability {
  readonly name: string;
  readonly kind: 'native' | 'emulated' | 'none';
  readonly limit?: string;
}

export interface Replica {
  readonly vhost: string;
  readonly queue: string;
  readonly node: string;
  readonly role: 'leader' | 'follower';
  readonly inSync?: boolean;
}

export interface EngineDetail extends EngineRow {
  readonly capabilities: readonly Capability[];
  readonly nodeList: readonly NodeRow[];
  readonly replicas: readonly Replica[];
  readonly replicasLeft: number;
}
