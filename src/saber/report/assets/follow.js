// What changes as time passes? Playhead, spoken words, readings, numbers in the margin, active findings.
import { make } from './lanes.js';
import { clockText } from './time.js';

const WITHOUT_SPACES = /[\u3040-\u30ff\u3400-\u9fff]/;

/** Index of the last word that has begun at `time`, or -1. */
function wordAt(words, time) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle][1] <= time + 0.001) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// Lines of the caption break at pauses and after twelve words: for each word, the first of its line.
function linesOf(words) {
  const lineOf = [];
  words.forEach(([, start], i) => {
    const first = i === 0 ? 0 : lineOf[i - 1];
    const pause = i > 0 && start - words[i - 1][2] > 0.8;
    lineOf.push(i === 0 ? 0 : pause || i - first >= 12 ? i : first);
  });
  return lineOf;
}

/** Keeps everything that shows one moment at the player's time. */
export class Follower {
  constructor(lanes, player, { caption, readings, clock, scope }) {
    this.lanes = lanes;
    this.player = player;
    this.data = lanes.data;
    this.caption = caption || make('p');
    this.clock = clock || make('output');
    this.clock.setAttribute('aria-live', 'off');
    this.hovered = null; // the time under the pointer, if it is over the lanes
    this.readAt = -1;
    this.spoken = -1;
    this.captionStart = -1;
    const { words } = this.data;
    this.lineOf = linesOf(words);
    this.captionNodes = words.map(([text], i) => {
      // Chinese and Japanese are written without spaces.
      const glued = WITHOUT_SPACES.test(text + (words[i + 1] || [''])[0]);
      return [make('span', '', text), document.createTextNode(glued ? '' : ' ')];
    });
    this.readingRows = ['face', 'body', 'voice', 'speech'].map((modality) => this.readingRow(modality, readings));
    this.findings = this.data.evidence.map((item) => {
      const linked = [...scope.querySelectorAll(`[data-evidence="${CSS.escape(item.id)}"]`)];
      const go = linked.find((node) => node.classList.contains('go'));
      const phrase = linked.find((node) => node.classList.contains('phrase'));
      const nodes = [go && go.closest('.finding-item'), lanes.findingBars.get(item.id), phrase].filter(Boolean);
      return { start: item.start, end: item.end, nodes, on: false };
    });
    this.leave = player.onTime((time) => this.show(time));
    this.show(player.now());
  }

  readingRow(modality, readings) {
    const row = make('div', `hue-${modality}`);
    const term = make('dt');
    const said = make('dd');
    const what = make('span');
    const share = make('span', 'share');
    term.append(this.lanes.markOf(modality), make('span', '', this.data.modalities[modality][0]));
    said.append(what, share);
    row.append(term, said);
    if (readings) readings.append(row);
    return { modality, row, what, share, reading: this.data.readings.find((r) => r.modality === modality), shown: null };
  }

  show(time) {
    const { playhead, overviewHead, ruler } = this.lanes;
    playhead.style.left = this.lanes.percent(time);
    overviewHead.style.left = this.lanes.percent(time);
    this.clock.textContent = clockText(time);
    ruler.setAttribute('aria-valuenow', time.toFixed(1));
    ruler.setAttribute('aria-valuetext', clockText(time));
    this.showWords(time);
    this.showReadings(time);
    this.showNumbers();
    this.showFindings(time);
    if (this.player.playing) this.keepInView(time);
  }

  showWords(time) {
    const { words } = this.data;
    const last = wordAt(words, time);
    const current = last >= 0 && time < words[last][2] ? last : -1;
    if (current !== this.spoken) {
      for (const [index, on] of [[this.spoken, false], [current, true]]) {
        if (index < 0) continue;
        this.lanes.wordNodes[index].classList.toggle('spoken', on);
        this.captionNodes[index][0].classList.toggle('spoken', on);
      }
      this.spoken = current;
    }
    const start = words.length ? this.lineOf[Math.max(0, last)] : -1;
    if (start !== this.captionStart) {
      this.captionStart = start;
      this.caption.replaceChildren(...this.captionNodes.filter((_, i) => this.lineOf[i] === start).flat());
    }
  }

  showReadings(time) {
    const clashing = new Set(
      this.data.conflicts.filter((c) => time >= c.start && time < c.end).flatMap((c) => c.between),
    );
    for (const item of this.readingRows) {
      const block = item.reading && this.lanes.readingAt(item.reading, time);
      const key = `${block ? block.join() : ''}${clashing.has(item.modality)}`;
      if (key === item.shown) continue;
      item.shown = key;
      item.row.classList.toggle('clashes', clashing.has(item.modality));
      item.what.className = block ? '' : 'is-absent';
      item.what.textContent = block ? block[2] : item.reading ? this.data.strings.nothing_read : this.lanes.whyEmpty(item.modality);
      item.share.textContent = block ? `${Math.round(100 * block[3])} %` : '';
    }
  }

  /** The numbers in the margin, at the pointer or else at the playhead; `anew` also where the time is the same. */
  showNumbers(anew = false) {
    const time = this.hovered === null ? this.player.now() : this.hovered;
    if (!anew && Math.abs(time - this.readAt) < 1e-4) return;
    this.readAt = time;
    for (const { output, at, row } of this.lanes.readouts) if (!row.hidden) output.textContent = at(time);
  }

  showFindings(time) {
    for (const item of this.findings) {
      // What holds for most of the clip is always on: marking it would say nothing.
      const on = time >= item.start && time < item.end && item.end - item.start < 0.6 * this.data.duration;
      if (on === item.on) continue;
      item.on = on;
      for (const node of item.nodes) node.classList.toggle('active', on);
    }
  }

  keepInView(time) {
    const { root, cursors, duration } = this.lanes;
    const seen = root.clientWidth - this.lanes.gutter();
    if (cursors.clientWidth <= seen + 1) return;
    const x = (time / duration) * cursors.clientWidth;
    if (x < root.scrollLeft || x > root.scrollLeft + seen) root.scrollLeft = x - seen * 0.15;
  }

  destroy() {
    this.leave();
    this.caption.replaceChildren();
    for (const { row } of this.readingRows) row.remove();
  }
}
