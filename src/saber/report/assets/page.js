// What does the report's own page do? It reads the data in it, plays the clip in it and hands out the record in it.
import { make } from './lanes.js';
import { mountPlayer } from './player.js';
import { mountTimeline } from './timeline.js';

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId('timeline-data').textContent);
const say = data.strings;
const media = byId('media');

function broken() {
  media.hidden = true;
  byId('cant-play').hidden = false;
}
const player = mountPlayer(media, data.duration, broken);
if (media) {
  // Data URLs of videos don't play everywhere and can't always be searched in; blobs do and can.
  const url = media.getAttribute('src');
  const comma = url.indexOf(',');
  const binary = atob(url.slice(comma + 1));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  media.preload = 'auto';
  media.src = URL.createObjectURL(new Blob([bytes], { type: url.slice(5, url.indexOf(';')) }));
}

mountTimeline({
  root: byId('lanes'),
  toggles: byId('toggles'),
  overview: byId('overview'),
  caption: byId('caption'),
  readings: byId('readings'),
  clock: byId('clock'),
  zoomIn: byId('zoom-in'),
  zoomOut: byId('zoom-out'),
  zoomFit: byId('zoom-fit'),
}, data, player).ruler.id = 'ruler';

const recordText = () => JSON.stringify(JSON.parse(byId('record-data').textContent), null, 2);
byId('copy').addEventListener('click', async () => {
  const status = byId('copy-status');
  try {
    await navigator.clipboard.writeText(recordText());
    status.textContent = say.copied;
  } catch {
    // No permission, or an old browser on file://.
    status.textContent = say.copy_failed;
  }
});
byId('download').addEventListener('click', () => {
  const anchor = make('a');
  anchor.href = URL.createObjectURL(new Blob([recordText()], { type: 'application/json' }));
  anchor.download = `${document.querySelector('h1').textContent.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.saber.json`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
});
// Paper shows every measurement.
addEventListener('beforeprint', () => document.querySelectorAll('.findings details, .folds details').forEach((node) => { node.open = true; }));
