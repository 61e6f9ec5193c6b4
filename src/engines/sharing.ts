/** How an engine on a directory shares it with other processes: one owns it, the others work through that one. */

export type EngineRole = 'owner' | 'attached';

export interface Sharing {
  readonly role: EngineRole;
  /** By protocol; what this process listens on. */
  readonly ports: Readonly<Record<string, number>>;
  /** Calls `listener` when the role changes. Gives the function that stops it. */
  on(event: 'role', listener: (role: EngineRole) => void): () => void;
}
