// What does the timeline draw? One strip of lanes over one time axis; all text goes in as text.
import { clamp, clockText } from './time.js';

const SVG = 'http://www.w3.org/2000/svg';
const CURVE_ORDER = ['voice', 'face', 'body', 'scene', 'speech'];

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function draw(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

export function link(node, start, end, title) {
  node.dataset.start = start;
  node.dataset.end = end;
  if (title) node.title = title;
  return node;
}

export function numberText(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : 2).replace('-', '−');
}

export function wavePath({ start, end, low, high }) {
  const step = ((end - start) * 1000) / low.length;
  const loudest = Math.max(1, ...high.map(Math.abs), ...low.map(Math.abs));
  const y = (value) => (50 - (46 * value) / loudest).toFixed(1);
  const x = (i) => Math.round(start * 1000 + i * step);
  const over = high.map((value, i) => `${x(i)} ${y(value)}`).join('L');
  const under = low.map((value, i) => `${x(i)} ${y(value)}`).reverse().join('L');
  return `M${over}L${under}Z`;
}

/** The lanes of one clip, drawn into `root`; where there are such places, also which curves to show and the overview. */
export class Lanes {
  constructor({ root, toggles, overview }, data) {
    this.root = root;
    this.data = data;
    this.say = data.strings;
    this.duration = data.duration;
    this.readouts = []; // { output, at(time) -> text, row }
    this.wordNodes = [];
    this.wordRows = 1;
    this.findingBars = new Map();
    this.rowOf = new Map();
    this.curves = [...data.curves].sort((a, b) => CURVE_ORDER.indexOf(a.sense) - CURVE_ORDER.indexOf(b.sense));

    this.strip = make('div', 'strip');
    this.cursors = make('div', 'cursors');
    this.playhead = make('div', 'playhead');
    this.hairline = make('div', 'hairline');
    this.hairline.hidden = true;
    this.hairline.append(make('span'));
    this.cursors.append(this.playhead, this.hairline);
    root.append(this.strip);
    this.strip.append(this.rulerLane());
    if (data.conflicts.length) this.strip.append(this.conflictLane());
    if (data.readings.length) this.strip.append(this.valenceLane());
    for (const modality of ['face', 'body', 'voice', 'speech']) this.strip.append(this.readingLane(modality));
    if (data.words.length) this.strip.append(this.wordLane(root.clientWidth - this.gutter()));
    if (data.waveform || data.activity.length) this.strip.append(this.soundLane());
    for (const curve of this.curves) {
      this.rowOf.set(curve, this.curveLane(curve));
      this.strip.append(this.rowOf.get(curve));
    }
    this.strip.append(...this.evidenceLanes());
    const bands = make('div', 'bands');
    this.spots = [this.bandsFor(bands)];
    this.strip.append(bands, this.cursors);
    this.toggleBoxes = toggles || make('div');
    this.toggleBoxes.append(...this.toggles());

    this.overview = overview || make('div');
    if (data.waveform) this.canvas(this.overview, draw('path', { d: wavePath(data.waveform), class: 'wave' }));
    this.spots.push(this.bandsFor(this.overview));
    this.overviewHead = make('div', 'playhead');
    this.overview.append(this.overviewHead);
  }

  /** Takes everything drawn away again. */
  clear() {
    for (const place of [this.root, this.toggleBoxes, this.overview]) place.replaceChildren();
  }

  /** Width of the column of names, in pixels. */
  gutter() {
    return parseFloat(getComputedStyle(this.root).getPropertyValue('--gutter'));
  }

  percent(seconds) {
    return `${(100 * seconds) / this.duration}%`;
  }

  // A drawing whose x is milliseconds and whose y runs from 0 (top) to 100, stretched to its lane.
  canvas(plot, ...nodes) {
    const image = draw('svg', { viewBox: `0 0 ${this.duration * 1000} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    image.append(...nodes);
    plot.append(image);
  }

  place(node, start, end) {
    node.style.left = this.percent(start);
    if (end !== undefined) node.style.width = this.percent(Math.max(0, end - start));
    return node;
  }

  markOf(sense) {
    const mark = make('span', `mark hue-${sense}`, this.data.modalities[sense][1]);
    mark.setAttribute('aria-hidden', 'true');
    return mark;
  }

  lane(className, name, { sense, alt, at } = {}) {
    const row = make('div', `lane ${className}${sense ? ` hue-${sense}` : ''}`);
    const label = make('div', 'label');
    if (sense) label.append(this.markOf(sense));
    label.append(make('span', 'name', name));
    if (at) {
      const output = make('output');
      output.setAttribute('aria-live', 'off');
      label.append(output);
      this.readouts.push({ output, at, row });
    }
    const plot = make('div', 'plot');
    if (alt) {
      plot.setAttribute('role', 'img');
      plot.setAttribute('aria-label', alt);
    }
    row.append(label, plot);
    return { row, label, plot };
  }

  // Rows for spans that overlap: the first row with room takes each.
  pack(spans) {
    const ends = [];
    return spans.map((span) => {
      let row = ends.findIndex((end) => end <= span.start + 1e-6);
      if (row < 0) row = ends.push(0) - 1;
      ends[row] = Math.max(span.end, span.start + this.duration / 200);
      return row;
    });
  }

  rulerLane() {
    const { row, plot } = this.lane('ruler', this.say.lane_time);
    this.ruler = plot;
    plot.tabIndex = 0;
    const about = { role: 'slider', 'aria-label': this.say.position, 'aria-valuemin': 0, 'aria-valuemax': this.duration.toFixed(1) };
    for (const [key, value] of Object.entries(about)) plot.setAttribute(key, value);
    return row;
  }

  // Ticks at round times, about 90 pixels apart, drawn anew after a zoom.
  drawTicks(width) {
    const plot = this.ruler;
    const wanted = (this.duration * 90) / Math.max(width, 1);
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600];
    const step = steps.find((candidate) => candidate >= wanted) || 3600;
    plot.replaceChildren();
    for (let i = 0; i * step < this.duration - (this.duration * 40) / Math.max(width, 1); i += 1) {
      const seconds = i * step;
      const text = step < 1 ? clockText(seconds) : clockText(seconds).slice(0, -2);
      plot.append(this.place(make('span', 'tick', text), seconds));
    }
  }

  conflictLane() {
    const rows = this.pack(this.data.conflicts);
    const { row, plot } = this.lane('conflict-lane', this.say.conflicts, { alt: this.data.conflicts.map((c) => c.label).join('; ') });
    plot.style.height = `${6 + 25 * (Math.max(0, ...rows) + 1)}px`;
    this.data.conflicts.forEach((conflict, i) => {
      const node = link(make('span', 'clash', conflict.label), conflict.start, conflict.end, conflict.label);
      node.dataset.conflict = i;
      node.style.top = `${4 + 25 * rows[i]}px`;
      plot.append(this.place(node, conflict.start, conflict.end));
    });
    return row;
  }

  valenceLane() {
    const { row, plot } = this.lane('valence-lane opens', this.say.lane_valence, { alt: this.say.lane_valence });
    const parts = [draw('line', { x1: 0, x2: this.duration * 1000, y1: 50, y2: 50, class: 'zero' })];
    for (const reading of this.data.readings) {
      let path = '';
      let last = null;
      for (const [start, end, valence] of reading.steps) {
        const y = (50 - 46 * valence).toFixed(1);
        path += last !== null && start - last < 0.3 ? `L${Math.round(start * 1000)} ${y}` : `M${Math.round(start * 1000)} ${y}`;
        path += `H${Math.round(end * 1000)}`;
        last = end;
      }
      parts.push(draw('path', { d: path, class: `curve thick hue-${reading.modality}${reading.whole ? ' dashed' : ''}` }));
    }
    this.canvas(plot, ...parts);
    plot.append(make('span', 'scale scale-tag high', this.say.positive), make('span', 'scale scale-tag low', this.say.negative));
    return row;
  }

  readingAt(reading, time) {
    return reading.blocks.find(([start, end]) => time >= start && time < end);
  }

  // Nothing was there to perceive, or it was there and no emotion could be read from it.
  whyEmpty(modality) {
    return modality in this.data.absent ? [this.say.absent, this.data.absent[modality]].filter(Boolean).join(' · ') : this.say.nothing_read;
  }

  readingLane(modality) {
    const [name] = this.data.modalities[modality];
    const reading = this.data.readings.find((candidate) => candidate.modality === modality);
    if (!reading) {
      const { row, plot } = this.lane('missing-lane', name, { sense: modality });
      plot.append(make('span', '', this.whyEmpty(modality)));
      return row;
    }
    const at = (time) => {
      const block = this.readingAt(reading, time);
      return block ? `${Math.round(100 * block[3])} %` : '–';
    };
    const alt = reading.blocks.slice(0, 12).map((block) => `${block[2]} ${clockText(block[0])}–${clockText(block[1])}`).join(', ');
    const { row, plot } = this.lane('reading-lane', name, { sense: modality, alt: `${name}: ${alt}`, at });
    for (const [start, end, emotion, share] of reading.blocks) {
      const node = make('span', `block${reading.whole ? ' whole' : ''}`, emotion);
      node.style.setProperty('--fill', `${Math.round(12 + 40 * share)}%`);
      link(node, start, end, `${name}: ${emotion} ${Math.round(100 * share)} %`);
      plot.append(this.place(node, start, end));
    }
    return row;
  }

  wordLane(width) {
    const words = this.data.words;
    const { row, plot } = this.lane('word-lane opens', this.say.lane_words, { sense: 'speech', alt: words.map((word) => word[0]).join(' ').slice(0, 2000) });
    // Stacked in as many rows as it takes for nine words of ten to be read at first sight.
    const letters = (text) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 12.5 : 6.8), 8);
    const fits = (rows) => words.filter(([text, start], i) => {
      const next = words[i + rows];
      return !next || ((next[1] - start) / this.duration) * width >= letters(text);
    }).length;
    while (this.wordRows < 4 && fits(this.wordRows) < 0.9 * words.length) this.wordRows += 1;
    plot.style.height = `${6 + 22 * this.wordRows}px`;
    words.forEach(([text, start, end, prob], i) => {
      const next = words[i + this.wordRows];
      const room = next ? next[1] : this.duration;
      const node = link(make('span', `chip${prob < 0.5 ? ' unsure' : ''}`, text), start, end, `${text} ${clockText(start)}`);
      const bar = make('i');
      bar.style.width = `${clamp((100 * (end - start)) / Math.max(room - start, 0.01), 0, 100)}%`;
      node.append(bar);
      node.style.top = `${3 + 22 * (i % this.wordRows)}px`;
      this.wordNodes.push(node);
      this.place(node, start);
      node.style.width = `calc(${this.percent(Math.max(room, end) - start)} - 3px)`;
      plot.append(node);
    });
    return row;
  }

  soundLane() {
    const { row, plot } = this.lane('sound-lane', this.say.lane_sound, { sense: 'voice', alt: `${this.say.lane_sound}, ${this.say.lane_activity}` });
    for (const [start, end] of this.data.activity) plot.append(this.place(make('span', 'activity'), start, end));
    if (this.data.waveform) this.canvas(plot, draw('path', { d: wavePath(this.data.waveform), class: 'wave' }));
    return row;
  }

  // The sample nearest to `time`, if it is near: times of a curve are sorted milliseconds.
  sampleAt(curve, time) {
    const at = time * 1000;
    let low = 0;
    let high = curve.t.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (curve.t[middle] < at) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && at - curve.t[low - 1] < curve.t[low] - at) low -= 1;
    const near = Math.max(80, (2000 * this.duration) / curve.t.length);
    return Math.abs(curve.t[low] - at) <= near ? curve.v[low] : null;
  }

  curveLane(curve) {
    const unit = curve.unit === '°' ? '°' : curve.unit && ` ${curve.unit}`;
    const at = (time) => {
      const value = this.sampleAt(curve, time);
      return value === null ? '–' : numberText(value) + (/^.?(Hz|dB|°)$/.test(unit) ? unit : '');
    };
    const small = curve.sense === 'face';
    const { row, plot } = this.lane(`curve-lane${small ? ' small' : ''}`, curve.label, { sense: curve.sense, alt: curve.alt, at });
    const y = (value) => (96 - (92 * (Math.max(value, curve.low) - curve.low)) / (curve.high - curve.low || 1)).toFixed(1);
    let line = '';
    let area = '';
    let open = null;
    const close = (x) => { if (open !== null) area += `L${x} 96L${open} 96Z`; open = null; };
    curve.v.forEach((value, i) => {
      if (value === null) { close(curve.t[i - 1]); return; }
      const point = `${curve.t[i]} ${y(value)}`;
      if (open === null) {
        line += `M${point}h0.01`;
        area += `M${point}`;
        open = curve.t[i];
      } else {
        line += `L${point}`;
        area += `L${point}`;
      }
    });
    close(curve.t[curve.t.length - 1]);
    const parts = [];
    if (curve.low < 0 && curve.high > 0) parts.push(draw('line', { x1: 0, x2: this.duration * 1000, y1: y(0), y2: y(0), class: 'zero' }));
    if (curve.filled) parts.push(draw('path', { d: area, class: 'area' }));
    parts.push(draw('path', { d: line, class: 'curve' }));
    this.canvas(plot, ...parts);
    if (!small) plot.append(make('span', 'scale scale-tag high', numberText(curve.high) + unit), make('span', 'scale scale-tag low', numberText(curve.low) + unit));
    row.hidden = !curve.shown;
    row.firstChild.title = curve.about;
    return row;
  }

  evidenceLanes() {
    const dimensions = [...new Set(this.data.evidence.map((item) => item.dimension))];
    return dimensions.map((dimension, index) => {
      const items = this.data.evidence.filter((item) => item.dimension === dimension).sort((a, b) => a.start - b.start);
      const rows = this.pack(items);
      const { row, plot, label } = this.lane(`evidence-lane hue-${items[0].hue}${index ? '' : ' opens'}`, items[0].name, {
        alt: items.map((item) => `${item.claim} ${clockText(item.start)}–${clockText(item.end)}`).join(' '),
      });
      label.prepend(this.markOf(items[0].hue));
      plot.style.height = `${Math.max(24, 10 + 12 * (Math.max(...rows) + 1))}px`;
      items.forEach((item, i) => {
        const node = link(make('span', 'finding-bar'), item.start, item.end, item.claim);
        node.dataset.evidence = item.id;
        node.style.top = `${6 + 12 * rows[i]}px`;
        this.findingBars.set(item.id, node);
        plot.append(this.place(node, item.start, item.end));
      });
      return row;
    });
  }

  bandsFor(parent) {
    for (const conflict of this.data.conflicts) parent.append(this.place(make('span', 'band'), conflict.start, conflict.end));
    const spot = make('span', 'spot');
    spot.hidden = true;
    parent.append(spot);
    return spot;
  }

  toggles() {
    const senses = [...new Set(this.curves.map((curve) => curve.sense))];
    return senses.map((sense) => {
      const group = make('fieldset');
      const legend = make('legend');
      legend.append(this.markOf(sense), document.createTextNode(this.data.modalities[sense][0]));
      group.append(legend);
      for (const curve of this.curves.filter((candidate) => candidate.sense === sense)) {
        const label = make('label', `toggle hue-${sense}`);
        const box = make('input');
        box.type = 'checkbox';
        box.checked = curve.shown;
        box.addEventListener('change', () => { this.rowOf.get(curve).hidden = !box.checked; });
        label.title = curve.about;
        label.append(box, document.createTextNode(curve.label));
        group.append(label);
      }
      return group;
    });
  }
}
