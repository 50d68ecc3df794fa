// What can a reader do? Seek by pointer, key or link; light up a finding; zoom.
import { clamp, clockText } from './time.js';

const STEPS = {
  ArrowLeft: (now, far) => now - (far ? 1 : 0.1),
  ArrowRight: (now, far) => now + (far ? 1 : 0.1),
  j: (now) => now - 5,
  l: (now) => now + 5,
  Home: () => 0,
  End: (now, far, duration) => duration,
};

function restart(node) {
  if (!node) return;
  node.classList.remove('flash');
  void node.offsetWidth; // lets the animation begin again
  node.classList.add('flash');
  setTimeout(() => node.classList.remove('flash'), 1400);
}

/** Listens inside `scope` (the document, or one clip's part of it) until `signal` ends it. */
export class Controls {
  constructor(lanes, follower, player, { scope, zoomIn, zoomOut, zoomFit }, signal) {
    this.lanes = lanes;
    this.follower = follower;
    this.player = player;
    this.scope = scope;
    this.signal = signal;
    this.zoom = 1;
    this.zoomButtons = { zoomIn, zoomOut, zoomFit };
    this.links();
    this.seekable(lanes.strip, lanes.cursors);
    this.seekable(lanes.overview, lanes.overview);
    this.hover();
    this.keys();
    this.zooming();
  }

  listen(target, name, listener, options = {}) {
    target.addEventListener(name, listener, { ...options, signal: this.signal });
  }

  timeUnder(event, box) {
    const { left, width } = box.getBoundingClientRect();
    return clamp(((event.clientX - left) / width) * this.lanes.duration, 0, this.lanes.duration);
  }

  nodesOf(target) {
    const { evidence, conflict } = target.dataset;
    if (evidence) return this.scope.querySelectorAll(`[data-evidence="${CSS.escape(evidence)}"]`);
    if (conflict) return this.scope.querySelectorAll(`[data-conflict="${CSS.escape(conflict)}"]`);
    return [target];
  }

  light(target) {
    const start = target ? Number(target.dataset.start) : 0;
    const item = target && target.dataset.evidence && this.lanes.data.evidence.find((e) => e.id === target.dataset.evidence);
    for (const spot of this.lanes.spots) {
      spot.hidden = !target;
      if (!target) continue;
      spot.className = `spot hue-${item ? item.hue : target.dataset.conflict !== undefined ? 'conflict' : 'speech'}`;
      this.lanes.place(spot, start, Number(target.dataset.end));
    }
  }

  links() {
    this.listen(this.scope, 'click', (event) => {
      const target = event.target.closest('[data-start]');
      if (!target) return;
      event.preventDefault();
      this.player.seek(Number(target.dataset.start));
      this.follower.keepInView(this.player.now());
      this.nodesOf(target).forEach(restart);
    });
    const linked = (event) => (event.target instanceof Element ? event.target.closest('[data-start]') : null);
    this.listen(this.scope, 'pointerover', (event) => this.light(linked(event)));
    this.listen(this.scope, 'focusin', (event) => this.light(linked(event)));
    this.listen(this.scope, 'focusout', () => this.light(null));
  }

  seekable(area, box) {
    let dragging = false;
    this.listen(area, 'pointerdown', (event) => {
      if (event.button !== 0 || event.target.closest('[data-start], .label')) return;
      // A finger that moves over the lanes scrolls; on the ruler and the overview it seeks.
      if (event.pointerType === 'touch' && !event.target.closest('.ruler, .overview')) return;
      dragging = true;
      area.setPointerCapture(event.pointerId);
      this.player.seek(this.timeUnder(event, box));
    });
    this.listen(area, 'pointermove', (event) => {
      if (dragging) this.player.seek(this.timeUnder(event, box));
    });
    for (const name of ['pointerup', 'pointercancel']) this.listen(area, name, () => { dragging = false; });
    this.listen(area, 'click', (event) => {
      if (event.target.closest('[data-start], .label')) return;
      if (event.pointerType === 'touch') this.player.seek(this.timeUnder(event, box));
    });
  }

  hover() {
    const { strip, hairline, cursors, duration, toggleBoxes } = this.lanes;
    const { follower } = this;
    this.listen(strip, 'pointermove', (event) => {
      const outside = event.pointerType === 'touch' || Boolean(event.target.closest('.label'));
      follower.hovered = outside ? null : this.timeUnder(event, cursors);
      hairline.hidden = outside;
      if (!outside) {
        hairline.style.left = this.lanes.percent(follower.hovered);
        hairline.classList.toggle('flip', follower.hovered > duration * 0.9);
        hairline.firstChild.textContent = clockText(follower.hovered);
      }
      follower.showNumbers();
    });
    this.listen(strip, 'pointerleave', () => {
      follower.hovered = null;
      hairline.hidden = true;
      follower.showNumbers();
    });
    this.listen(toggleBoxes, 'change', () => follower.showNumbers(true));
  }

  keys() {
    this.listen(this.scope, 'keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // Elements that have a use for the key keep it.
      if (event.target.closest('input, textarea, select, pre, .scroll, video, audio, dialog')) return;
      const onControl = event.target.closest('button, summary, a');
      if ((event.key === ' ' || event.key === 'k') && !(onControl && event.key === ' ')) {
        event.preventDefault();
        this.player.toggle();
        return;
      }
      const step = STEPS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!step) return;
      event.preventDefault();
      this.player.seek(step(this.player.now(), event.shiftKey, this.lanes.duration));
      this.follower.keepInView(this.player.now());
    });
  }

  zooming() {
    const { zoomIn, zoomOut, zoomFit } = this.zoomButtons;
    const { root, cursors } = this.lanes;
    if (zoomIn) this.listen(zoomIn, 'click', () => this.zoomTo(this.zoom * 1.6));
    if (zoomOut) this.listen(zoomOut, 'click', () => this.zoomTo(this.zoom / 1.6));
    if (zoomFit) this.listen(zoomFit, 'click', () => this.zoomTo(1));
    this.listen(root, 'wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoomTo(this.zoom * Math.exp(-event.deltaY / 300), this.timeUnder(event, cursors));
    }, { passive: false });
    const resized = new ResizeObserver(() => this.zoomTo(this.zoom));
    resized.observe(root);
    this.signal.addEventListener('abort', () => resized.disconnect());
    this.zoomTo(1);
  }

  zoomTo(wanted, anchorTime) {
    const { root, strip, cursors, duration, data } = this.lanes;
    const seen = root.clientWidth - this.lanes.gutter();
    // Close enough to tell single frames apart, not so wide that browsers refuse to draw it.
    const closest = clamp((duration * 250) / seen, 4, 24000 / seen);
    const time = anchorTime === undefined ? this.player.now() : anchorTime;
    const x = (time / duration) * cursors.clientWidth - root.scrollLeft;
    this.zoom = clamp(wanted, 1, closest);
    strip.style.setProperty('--zoom', this.zoom);
    this.lanes.drawTicks(cursors.clientWidth);
    // Too narrow for letters: the bars still show when there are words.
    const wordLaneNode = strip.querySelector('.word-lane');
    if (wordLaneNode) wordLaneNode.classList.toggle('dense', cursors.clientWidth * this.lanes.wordRows < data.words.length * 30);
    const kept = x >= 0 && x <= seen ? x : seen / 2;
    root.scrollLeft = (time / duration) * cursors.clientWidth - kept;
    const { zoomIn, zoomOut, zoomFit } = this.zoomButtons;
    if (zoomOut) zoomOut.disabled = this.zoom <= 1;
    if (zoomFit) zoomFit.disabled = this.zoom <= 1;
    if (zoomIn) zoomIn.disabled = this.zoom >= closest;
  }
}
