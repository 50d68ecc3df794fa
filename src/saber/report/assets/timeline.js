// How does a page get the timeline? One call, as often as there are clips on it.
import { Controls } from './controls.js';
import { Follower } from './follow.js';
import { Lanes } from './lanes.js';

/**
 * Draws a clip's timeline and keeps it, and what else shows the moment, at the player's time.
 *
 * @param {object} places elements: `root` takes the lanes; may be left out: `toggles` (which curves), `overview`,
 *   `caption`, `readings` (a `dl`), `clock`, `zoomIn`, `zoomOut`, `zoomFit`; `scope` (the document, or the part
 *   of it that belongs to this clip) holds the links with `data-start` and hears the keys
 * @param {object} data as `saber.report.payload` makes it
 * @param {object} player of `player.js`
 * @returns {{ ruler: HTMLElement, destroy: () => void }}
 */
export function mountTimeline(places, data, player) {
  const gone = new AbortController();
  const all = { scope: document, ...places };
  const lanes = new Lanes(all, data);
  const follower = new Follower(lanes, player, all);
  new Controls(lanes, follower, player, all, gone.signal);
  return {
    ruler: lanes.ruler,
    destroy() {
      gone.abort();
      follower.destroy();
      lanes.clear();
    },
  };
}
