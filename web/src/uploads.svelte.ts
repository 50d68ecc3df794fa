// Which files are on their way to the server? They go on being sent while other pages are looked at.
import { ApiError, submit, type Job, type Problem, type Wishes } from './api';
import { local } from './local.svelte';

export interface Upload {
  key: number;
  file: Blob;
  name: string;
  state: 'waiting' | 'sending' | 'held' | 'refused';
  share: number;
  /** Seconds until it is tried again, while the server has no room. */
  again: number;
  problem: Problem | null;
}

const HELD_S = 10;

class Uploads {
  list = $state<Upload[]>([]);
  private next = 1;
  private busy = false;
  private stops = new Map<number, AbortController>();

  /** Sends files one after the other; `sent` is told of each that the server has taken. */
  async send(files: { file: Blob; name: string; problem?: Problem }[], wishes: Wishes, sent: (job: Job) => void): Promise<void> {
    const batch = files.length > 1 ? token() : null;
    for (const { file, name, problem } of files) {
      this.list.push({ key: this.next++, file, name, state: problem ? 'refused' : 'waiting', share: 0, again: 0, problem: problem ?? null });
    }
    if (this.busy) return;
    this.busy = true;
    try {
      for (let upload = this.waiting(); upload; upload = this.waiting()) await this.one(upload, { ...wishes, batch }, sent);
    } finally {
      this.busy = false;
    }
  }

  /** Stops sending it, or takes its refusal off the list. */
  drop(key: number): void {
    this.stops.get(key)?.abort(new DOMException('stopped', 'AbortError'));
    this.list = this.list.filter((upload) => upload.key !== key);
  }

  private waiting(): Upload | undefined {
    return this.list.find((upload) => upload.state === 'waiting');
  }

  private async one(upload: Upload, wishes: Wishes, sent: (job: Job) => void): Promise<void> {
    const stop = new AbortController();
    this.stops.set(upload.key, stop);
    try {
      while (!stop.signal.aborted) {
        upload.state = 'sending';
        try {
          const job = await submit(upload.file, upload.name, wishes, (share) => (upload.share = share), stop.signal);
          local.keep(job.id, upload.file);
          this.drop(upload.key);
          sent(job);
          return;
        } catch (error) {
          if (stop.signal.aborted) return;
          if (!(error instanceof ApiError)) throw error;
          if (error.status !== 429 && error.status !== 503) {
            upload.state = 'refused';
            upload.problem = error.problem;
            return;
          }
          upload.state = 'held';
          for (upload.again = error.retryAfter ?? HELD_S; upload.again > 0 && !stop.signal.aborted; upload.again -= 1) {
            await new Promise((resolve) => setTimeout(resolve, 1000));
          }
        }
      }
    } finally {
      this.stops.delete(upload.key);
    }
  }
}

/** A name for a batch. */
function token(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const uploads = new Uploads();
