// What can a reader do? Seek by pointer, key or link; light up a finding; zoom; take the record along.
function timeUnder(event, box) {
  const { left, width } = box.getBoundingClientRect();
  return clamp(((event.clientX - left) / width) * duration, 0, duration);
}

function restart(node) {
  if (!node) return;
  node.classList.remove('flash');
  void node.offsetWidth; // lets the animation begin again
  node.classList.add('flash');
  setTimeout(() => node.classList.remove('flash'), 1400);
}

function nodesOf(target) {
  const { evidence, conflict } = target.dataset;
  if (evidence) return document.querySelectorAll(`[data-evidence="${CSS.escape(evidence)}"]`);
  if (conflict) return document.querySelectorAll(`[data-conflict="${CSS.escape(conflict)}"]`);
  return [target];
}

function light(target) {
  const start = target ? Number(target.dataset.start) : 0;
  const item = target && target.dataset.evidence && data.evidence.find((e) => e.id === target.dataset.evidence);
  for (const spot of timeline.spots) {
    spot.hidden = !target;
    if (!target) continue;
    spot.className = `spot hue-${item ? item.hue : target.dataset.conflict !== undefined ? 'conflict' : 'speech'}`;
    place(spot, start, Number(target.dataset.end));
  }
}

document.addEventListener('click', (event) => {
  const target = event.target.closest('[data-start]');
  if (!target) return;
  event.preventDefault();
  player.seek(Number(target.dataset.start));
  keepInView(player.now());
  nodesOf(target).forEach(restart);
});
const linked = (event) => (event.target instanceof Element ? event.target.closest('[data-start]') : null);
document.addEventListener('pointerover', (event) => light(linked(event)));
document.addEventListener('focusin', (event) => light(linked(event)));
document.addEventListener('focusout', () => light(null));

function seekable(area, box) {
  let dragging = false;
  area.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('[data-start], .label')) return;
    // A finger that moves over the lanes scrolls; on the ruler and the overview it seeks.
    if (event.pointerType === 'touch' && !event.target.closest('.ruler, .overview')) return;
    dragging = true;
    area.setPointerCapture(event.pointerId);
    player.seek(timeUnder(event, box));
  });
  area.addEventListener('pointermove', (event) => {
    if (dragging) player.seek(timeUnder(event, box));
  });
  for (const name of ['pointerup', 'pointercancel']) area.addEventListener(name, () => { dragging = false; });
  area.addEventListener('click', (event) => {
    if (event.target.closest('[data-start], .label')) return;
    if (event.pointerType === 'touch') player.seek(timeUnder(event, box));
  });
}
seekable(timeline.strip, timeline.cursors);
seekable(timeline.overview, timeline.overview);

timeline.strip.addEventListener('pointermove', (event) => {
  const outside = event.pointerType === 'touch' || Boolean(event.target.closest('.label'));
  hovered = outside ? null : timeUnder(event, timeline.cursors);
  timeline.hairline.hidden = outside;
  if (!outside) {
    timeline.hairline.style.left = percent(hovered);
    timeline.hairline.classList.toggle('flip', hovered > duration * 0.9);
    timeline.hairline.firstChild.textContent = clockText(hovered);
  }
  showNumbers();
});
timeline.strip.addEventListener('pointerleave', () => {
  hovered = null;
  timeline.hairline.hidden = true;
  showNumbers();
});
byId('toggles').addEventListener('change', () => {
  readAt = -1;
  showNumbers();
});

const STEPS = {
  ArrowLeft: (now, far) => now - (far ? 1 : 0.1),
  ArrowRight: (now, far) => now + (far ? 1 : 0.1),
  j: (now) => now - 5,
  l: (now) => now + 5,
  Home: () => 0,
  End: () => duration,
};
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // Elements that have a use for the key keep it.
  if (event.target.closest('input, textarea, select, pre, .scroll, #media')) return;
  const onControl = event.target.closest('button, summary, a');
  if ((event.key === ' ' || event.key === 'k') && !(onControl && event.key === ' ')) {
    event.preventDefault();
    player.toggle();
    return;
  }
  const step = STEPS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!step) return;
  event.preventDefault();
  player.seek(step(player.now(), event.shiftKey));
  keepInView(player.now());
});

let zoom = 1;
function zoomTo(wanted, anchorTime) {
  const { root, strip, cursors, gutter } = timeline;
  const seen = root.clientWidth - gutter();
  // Close enough to tell single frames apart, not so wide that browsers refuse to draw it.
  const closest = clamp((duration * 250) / seen, 4, 24000 / seen);
  const time = anchorTime === undefined ? player.now() : anchorTime;
  const x = (time / duration) * cursors.clientWidth - root.scrollLeft;
  zoom = clamp(wanted, 1, closest);
  strip.style.setProperty('--zoom', zoom);
  drawTicks(cursors.clientWidth);
  // Too narrow for letters: the bars still show when there are words.
  const wordLaneNode = strip.querySelector('.word-lane');
  if (wordLaneNode) wordLaneNode.classList.toggle('dense', cursors.clientWidth * wordRows < data.words.length * 30);
  const kept = x >= 0 && x <= seen ? x : seen / 2;
  root.scrollLeft = (time / duration) * cursors.clientWidth - kept;
  byId('zoom-out').disabled = zoom <= 1;
  byId('zoom-fit').disabled = zoom <= 1;
  byId('zoom-in').disabled = zoom >= closest;
}
byId('zoom-in').addEventListener('click', () => zoomTo(zoom * 1.6));
byId('zoom-out').addEventListener('click', () => zoomTo(zoom / 1.6));
byId('zoom-fit').addEventListener('click', () => zoomTo(1));
timeline.root.addEventListener('wheel', (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomTo(zoom * Math.exp(-event.deltaY / 300), timeUnder(event, timeline.cursors));
}, { passive: false });
new ResizeObserver(() => zoomTo(zoom)).observe(timeline.root);
zoomTo(1);

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
