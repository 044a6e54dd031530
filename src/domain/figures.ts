import type { RunState } from './run.ts';

/** What there is to count, over everything that ever happened. */
export interface Figures {
  readonly runs: Readonly<Record<RunState, number>>;
  /** Runs that a worker could take up now and none has. */
  readonly unattended: number;
  readonly steps: { readonly done: number; readonly unchanged: number; readonly failed: number };
  /** Approvals by what became of them; `refused` are attempts to approve that were not allowed. */
  readonly approvals: {
    readonly open: number;
    readonly granted: number;
    readonly rejected: number;
    readonly expired: number;
    readonly refused: number;
  };
}

export interface FigureStore {
  read(): Promise<Figures>;
}
