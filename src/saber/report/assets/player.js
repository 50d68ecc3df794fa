// Where in the clip are we? One clock for the media element, or of its own where there is none.
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId('timeline-data').textContent);
const say = data.strings;
const duration = data.duration;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function clockText(seconds) {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}

const player = (() => {
  const listeners = [];
  let media = byId('media');
  let silent = 0; // the time when there is no media
  const now = () => clamp(media ? media.currentTime : silent, 0, duration);
  const tell = () => listeners.forEach((listener) => listener(now()));

  if (media) {
    // Data URLs of videos don't play everywhere and can't always be searched in; blobs do and can.
    const url = media.getAttribute('src');
    const comma = url.indexOf(',');
    const binary = atob(url.slice(comma + 1));
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
    media.addEventListener('error', () => {
      media.hidden = true;
      byId('cant-play').hidden = false;
      silent = 0;
      media = null;
      tell();
    });
    const frame = () => {
      tell();
      if (media && !media.paused && !media.ended) requestAnimationFrame(frame);
    };
    media.addEventListener('play', () => requestAnimationFrame(frame));
    for (const name of ['seeking', 'seeked', 'timeupdate', 'pause', 'loadedmetadata']) media.addEventListener(name, tell);
    media.preload = 'auto';
    media.src = URL.createObjectURL(new Blob([bytes], { type: url.slice(5, url.indexOf(';')) }));
  }

  return {
    now,
    get playing() { return Boolean(media) && !media.paused; },
    onTime(listener) { listeners.push(listener); },
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
  };
})();
