import { Worker } from 'node:worker_threads';
import type { AnswerMessage, BatchMessage, ForgetMessage } from './block.js';

/** One batch on its way: what to send, and whom to tell. */
export interface Job {
  readonly message: BatchMessage;
  /** `undefined`: the worker died over it. */
  readonly done: (answer: AnswerMessage | undefined) => void;
  /** The worker died before it began with it. */
  readonly giveBack: () => void;
}

/** Who asks for work. */
export interface Asker {
  /** The requests that this worker was told of. */
  readonly met: Set<number>;
  /** Whether it has work already, and asks for what is to come after it. */
  readonly ahead: boolean;
}

/** Where workers ask for work. */
export type JobSource = (asker: Asker) => Job | undefined;

interface Member {
  readonly worker: Worker;
  readonly met: Set<number>;
  /** The first is under way, a second one waits in the worker's inbox. */
  readonly jobs: Job[];
}

/** With the next batch in its inbox, a worker does not wait while the main thread reads its answers. */
const MOST_JOBS = 2;

/**
 * Worker threads that come when there is work for them, keep no process alive while there is none,
 * and are replaced when they die.
 */
export class WorkerPool {
  readonly #workerFile: string;
  readonly #threads: number;
  readonly #next: JobSource;
  readonly #members = new Set<Member>();

  constructor(workerFile: string, threads: number, next: JobSource) {
    this.#workerFile = workerFile;
    this.#threads = threads;
    this.#next = next;
  }

  /** Gives work to everyone who has room for it, the idle first. To be called when work arrived. */
  wake(): void {
    for (const member of this.#members) if (member.jobs.length === 0) this.#feed(member);
    while (this.#members.size < this.#threads) {
      const met = new Set<number>();
      const job = this.#next({ met, ahead: false });
      if (!job) return;
      this.#send(this.#hire(met), job);
    }
    for (const member of this.#members) this.#feed(member);
  }

  /** Tells the workers that a request is over. */
  forget(request: number): void {
    const message: ForgetMessage = { forget: request };
    for (const { worker, met } of this.#members)
      if (met.delete(request)) worker.postMessage(message);
  }

  /** Ends every worker; their jobs are done without an answer. */
  async dispose(): Promise<void> {
    const members = [...this.#members];
    // Nobody may feed them any more: an idle member is unreferenced, the process would end before
    // its thread does, and whoever waits here would never go on.
    this.#members.clear();
    for (const job of members.flatMap(({ jobs }) => jobs)) job.done(undefined);
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  #hire(met: Set<number>): Member {
    // A worker needs no environment, and must not inherit a debugger's port.
    const worker = new Worker(this.#workerFile, {
      env: {},
      execArgv: [],
      name: 'reprolens hash',
      // Every open file is closed in a `finally`; Node need not keep a list of them as well.
      trackUnmanagedFds: false,
    });
    const member: Member = { worker, met, jobs: [] };
    worker.on('message', (answer: AnswerMessage) => this.#finished(member, answer));
    // What is thrown there ends the worker; `exit` follows and is where the loss is counted.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#lost(member));
    this.#members.add(member);
    return member;
  }

  #feed(member: Member): void {
    const { met, jobs, worker } = member;
    if (jobs.length === MOST_JOBS) return;
    const job = this.#next({ met, ahead: jobs.length > 0 });
    if (job) this.#send(member, job);
    else if (jobs.length === 0) worker.unref();
  }

  #send(member: Member, job: Job): void {
    member.jobs.push(job);
    member.worker.ref();
    member.worker.postMessage(job.message, [job.message.buffer]);
  }

  #finished(member: Member, answer: AnswerMessage): void {
    // A late answer of a disposed worker: it must not be given work that dies with it.
    if (!this.#members.has(member)) return;
    const job = member.jobs.shift();
    // First the next batch, so that the worker has something to do while the answers are read.
    this.#feed(member);
    job?.done(answer);
    // Names that were given back are work again, and others may be idle.
    this.wake();
  }

  #lost(member: Member): void {
    if (!this.#members.delete(member)) return;
    const [begun, ...waiting] = member.jobs;
    begun?.done(undefined);
    for (const job of waiting) job.giveBack();
    this.wake();
  }
}
