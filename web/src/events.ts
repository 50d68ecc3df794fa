// What happens to a clip while it is analysed? A stream of events that is taken up again where it broke off.
import { ApiError, refusal } from './api';

export interface Told {
  kind: string;
  data: unknown;
}

const RETRY_MS = 1500;
const LAST = new Set(['done', 'failed', 'cancelled']);

/** The events in a stream's text, as far as it has come; `rest` is the beginning of the next one. */
export function parse(text: string): { events: { id: string | null; kind: string; data: string }[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  const events = [];
  for (const block of blocks) {
    let id: string | null = null;
    let kind = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0) continue; // a comment that keeps the connection awake
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = value;
      else if (field === 'event') kind = value;
      else if (field === 'data') data.push(value);
    }
    if (data.length) events.push({ id, kind, data: data.join('\n') });
  }
  return { events, rest };
}

/**
 * Tells every event of `url` once, until the clip has ended or `signal` does. A lost connection is made again
 * with Last-Event-ID; `connected` says whether there is one. `ended` is asked whenever a stream stops.
 *
 * EventSource can't do this: it gives up for good after an answer like 503.
 */
export async function follow(
  url: string,
  {
    tell,
    connected,
    ended,
    signal,
  }: { tell: (event: Told) => void; connected: (now: boolean) => void; ended: () => Promise<boolean>; signal: AbortSignal },
): Promise<void> {
  let last: string | null = null;
  while (!signal.aborted) {
    try {
      const answer = await fetch(url, { signal, headers: { Accept: 'text/event-stream', ...(last === null ? {} : { 'Last-Event-ID': last }) } });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        throw refusal(answer.status, await answer.text(), null);
      }
      if (answer.ok && answer.body) {
        connected(true);
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = '';
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          const { events, rest } = parse(text + value);
          text = rest;
          for (const event of events) {
            if (event.id !== null) last = event.id;
            const data: unknown = JSON.parse(event.data);
            tell({ kind: event.kind, data });
            if (LAST.has(event.kind) || (event.kind === 'state' && LAST.has((data as { state: string }).state))) return;
          }
        }
        if (await ended()) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError) throw error;
    }
    connected(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
