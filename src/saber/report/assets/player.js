// Where in the clip are we? One clock for the media element, or of its own where there is none.
import { clamp } from './time.js';

/**
 * @param {HTMLMediaElement | null} element what plays; null: only the clock can be moved
 * @param {number} duration of the clip, in seconds
 * @param {() => void} broken told when the browser can't play the media; the clock goes on without it
 */
export function mountPlayer(element, duration, broken = () => {}) {
  const listeners = new Set();
  const gone = new AbortController();
  const { signal } = gone;
  let media = element;
  let silent = 0; // the time when there is no media
  const now = () => clamp(media ? media.currentTime : silent, 0, duration);
  const tell = () => listeners.forEach((listener) => listener(now()));

  if (media) {
    media.addEventListener('error', () => {
      silent = 0;
      media = null;
      broken();
      tell();
    }, { signal });
    const frame = () => {
      if (signal.aborted) return;
      tell();
      if (media && !media.paused && !media.ended) requestAnimationFrame(frame);
    };
    media.addEventListener('play', () => requestAnimationFrame(frame), { signal });
    for (const name of ['seeking', 'seeked', 'timeupdate', 'pause', 'loadedmetadata']) media.addEventListener(name, tell, { signal });
  }

  return {
    now,
    get playing() { return Boolean(media) && !media.paused; },
    /** Calls `listener` with the time whenever it changes, until the function that comes back is called. */
    onTime(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seek(seconds) {
      const target = clamp(seconds, 0, duration);
      if (media) media.currentTime = target;
      else silent = target;
      tell();
    },
    toggle() {
      if (!media) return;
      if (media.paused) media.play().catch(() => {}); // refused by the browser: stays paused, as shown
      else media.pause();
    },
    destroy() {
      gone.abort();
      listeners.clear();
    },
  };
}
