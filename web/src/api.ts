// How do the pages talk to the server? The one place that knows its addresses and how it fails.

export interface About {
  version: string;
  languages: string[];
  models: string[];
  limits: { max_bytes: number; max_duration_s: number; max_streams: number; max_queue: number; max_uploads: number };
  /** Hours that an analysis is kept after it ended. */
  keep_hours: number;
  has_workspace: boolean;
  has_preferences: boolean;
  notices: string[];
  overlay: Layout;
}

/** Why something was not done, and what to do about it. */
export interface Problem {
  reason: string;
  message: string;
  remedy: string;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  name: string;
  state: JobState;
  stage: string;
  /** How much of the clip has been watched, 0-1. */
  share: number;
  /** Place in the queue, counted from 1; null when it is not waiting. */
  position: number | null;
  language: string;
  model: string;
  batch: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  size_bytes: number;
  sha256: string;
  error: Problem | null;
  summary: { emotion: string | null; verdict: Verdict; duration_s: number } | null;
  expires_at: string | null;
}

export type Verdict = 'consistent' | 'inconsistent' | 'unclear';

/** A request that did not succeed; `problem` is what the server says about it, in words for a person. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds after which trying again makes sense; null when the server does not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.message);
  }
}

/** Told when the server wants a token; set by the app. */
export const onUnauthorized: { tell: () => void } = { tell: () => {} };

type Query = Record<string, string | number | null | undefined>;

/** `/api/...` with its query; what is null or undefined is left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== null && value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return `/api/${path}${text ? `?${text}` : ''}`;
}

/** Asks the server. JSON out and in; ApiError for every answer that is not a success, and when there is none. */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { query, body, signal }: { query?: Query; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address(path, query), {
      method,
      signal,
      headers: body === undefined ? undefined : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  if (!answer.ok) throw refusal(answer.status, await answer.text(), answer.headers.get('Retry-After'));
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export function unreachable(): ApiError {
  return new ApiError(0, { reason: 'unreachable', message: '', remedy: '' });
}

export function refusal(status: number, text: string, retryAfter: string | null): ApiError {
  if (status === 401) onUnauthorized.tell();
  let problem: Problem = { reason: 'http', message: `HTTP ${status}`, remedy: '' };
  try {
    const told = JSON.parse(text) as { error?: Problem };
    if (told.error) problem = told.error;
  } catch {
    // Not from SABER's server but from something before it: the status is all there is to say.
  }
  return new ApiError(status, problem, retryAfter && Number.isFinite(Number(retryAfter)) ? Number(retryAfter) : null);
}

export interface Wishes {
  language: string;
  model: string;
  batch?: string | null;
}

/** Sends a file as it lies, telling `progress` the share that has gone; fetch can't tell that, so it is an XHR. */
export function submit(file: Blob, name: string, wishes: Wishes, progress: (share: number) => void, signal: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', address('analyses', { name, ...wishes }));
    call.setRequestHeader('Content-Type', 'application/octet-stream');
    call.upload.addEventListener('progress', (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
    call.addEventListener('load', () => {
      if (call.status >= 200 && call.status < 300) resolve(JSON.parse(call.responseText) as Job);
      else reject(refusal(call.status, call.responseText, call.getResponseHeader('Retry-After')));
    });
    call.addEventListener('error', () => reject(unreachable()));
    call.addEventListener('abort', () => reject(signal.reason as Error));
    signal.addEventListener('abort', () => call.abort(), { once: true });
    call.send(file);
  });
}

export const api = {
  about: () => request<About>('GET', 'about'),
  signIn: (token: string) => request<void>('POST', 'session', { body: { token } }),
  list: (query: { batch?: string; limit?: number; before?: string } = {}) => request<History>('GET', 'analyses', { query }),
  job: (id: string) => request<Job>('GET', `analyses/${encodeURIComponent(id)}`),
  again: (from: string, wishes: Wishes) => request<Job>('POST', 'analyses', { query: { from, ...wishes } }),
  remove: (id: string) => request<void>('DELETE', `analyses/${encodeURIComponent(id)}`),
  view: (id: string, language: string) => request<View>('GET', `analyses/${encodeURIComponent(id)}/view`, { query: { language } }),
  overlay: (id: string) => request<Overlay>('GET', `analyses/${encodeURIComponent(id)}/overlay`),
  media: (id: string) => address(`analyses/${encodeURIComponent(id)}/media`),
  report: (id: string, inline = false) => address(`analyses/${encodeURIComponent(id)}/report`, { inline: inline ? 1 : null }),
  record: (id: string) => address(`analyses/${encodeURIComponent(id)}/record`),
  events: (id: string) => address(`analyses/${encodeURIComponent(id)}/events`),
};

export interface History {
  analyses: Job[];
  more: boolean;
}

/** How the points of a face and a body are ordered and joined. */
export interface Layout {
  face: { name: string; points: number[]; closed: boolean }[];
  joints: string[];
  bones: [number, number][];
}

/** What can be drawn over one picture; x and y are shares of its width and height. */
export interface Sight {
  time_s: number;
  /** For each face x, y, x, y, ... */
  faces: number[][];
  /** x, y, visibility, ... of each joint; null where no person is seen. */
  body: number[] | null;
}

export interface Overlay {
  layout: Layout;
  frames: Sight[];
}

/** What a sense has found, told as soon as it has. */
export interface Perceived {
  sense: string;
  present: boolean;
  absent_reason: string | null;
  /** Those with something to say first. */
  cues: { name: string; text: string; value: number | string | null; unit: string; start_s: number; end_s: number; notable: boolean }[];
  overall: { label: string; probs: Record<string, number>; valence: number; arousal: number; confidence: number } | null;
}

export interface Heard {
  text: string;
  language: string;
  words: [text: string, start: number, end: number, prob: number][];
}

/** A sense, modality or dimension: its letter and hue stand beside its name everywhere. */
export interface Who {
  key: string;
  name: string;
  mark: string;
  hue: string;
}

export type Status = 'supported' | 'contradicted' | 'not_measurable';

export interface Claim {
  id: string;
  claim: string;
  told: boolean;
  start_s: number;
  end_s: number;
  times: string;
  whole: boolean;
  quantity: string;
  cue: string;
  value: string;
  meaning: string | null;
  confidence: number;
  status: Status;
  status_name: string;
  why: string;
}

export interface Dimension extends Who {
  text: string;
  language: string | null;
  pieces: { text: string; claim: string | null }[];
  claims: Claim[];
}

export interface Column extends Who {
  probs: number[] | null;
  valence: number | null;
  arousal: number | null;
  confidence: number | null;
  absent: boolean;
  why_empty: string;
}

export interface Clash {
  index: number;
  start_s: number;
  end_s: number;
  times: string;
  about: string;
  strength: number;
  sides: [Who & { says: string }, Who & { says: string }];
}

/** An analysis, ready to be drawn: `saber.report.view` makes it. All text in it is text, never HTML. */
export interface View {
  language: string;
  text_language: string;
  name: string;
  duration_s: number;
  has_video: boolean;
  sha256: string;
  facts: string[];
  losses: string[];
  strings: Record<string, string>;
  verdict: {
    verdict: Verdict;
    headline: string;
    lead: string | null;
    score: number | null;
    conflicts: Clash[];
    emotion: string | null;
    emotion_name: string | null;
    share: number | null;
    valence: number | null;
    arousal: number | null;
  };
  emotions: { keys: string[]; names: string[]; columns: Column[] };
  dimensions: Dimension[];
  timeline: Record<string, unknown> & { duration: number };
  in_words: string[];
  limits: string[];
  not_measured: (Who & { reason: string; names: string[] })[];
  provenance: {
    version: string;
    model: string;
    models: { role: string; name: string; version: string; licence: string; source: string; sha256: string | null }[];
    seconds: Record<string, number>;
  };
}
