// What does the timeline draw? One strip of lanes over one time axis; all text goes in as text.
const SVG = 'http://www.w3.org/2000/svg';
const percent = (seconds) => `${(100 * seconds) / duration}%`;
const readouts = []; // { output, at(time) -> text }

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function draw(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

// A drawing whose x is milliseconds and whose y runs from 0 (top) to 100, stretched to its lane.
function canvas(plot, ...nodes) {
  const image = draw('svg', { viewBox: `0 0 ${duration * 1000} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  image.append(...nodes);
  plot.append(image);
}

function place(node, start, end) {
  node.style.left = percent(start);
  if (end !== undefined) node.style.width = percent(Math.max(0, end - start));
  return node;
}

function link(node, start, end, title) {
  node.dataset.start = start;
  node.dataset.end = end;
  if (title) node.title = title;
  return node;
}

function markOf(sense) {
  const mark = make('span', `mark hue-${sense}`, data.modalities[sense][1]);
  mark.setAttribute('aria-hidden', 'true');
  return mark;
}

function lane(className, name, { sense, alt, at } = {}) {
  const row = make('div', `lane ${className}${sense ? ` hue-${sense}` : ''}`);
  const label = make('div', 'label');
  if (sense) label.append(markOf(sense));
  label.append(make('span', 'name', name));
  if (at) {
    const output = make('output');
    output.setAttribute('aria-live', 'off');
    label.append(output);
    readouts.push({ output, at, row });
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
function pack(spans) {
  const ends = [];
  return spans.map((span) => {
    let row = ends.findIndex((end) => end <= span.start + 1e-6);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = Math.max(span.end, span.start + duration / 200);
    return row;
  });
}

function numberText(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : 2).replace('-', '−');
}

function rulerLane() {
  const { row, plot } = lane('ruler', say.lane_time);
  plot.id = 'ruler';
  plot.tabIndex = 0;
  const about = { role: 'slider', 'aria-label': say.position, 'aria-valuemin': 0, 'aria-valuemax': duration.toFixed(1) };
  for (const [key, value] of Object.entries(about)) plot.setAttribute(key, value);
  return row;
}

// Ticks at round times, about 90 pixels apart, drawn anew after a zoom.
function drawTicks(width) {
  const plot = byId('ruler');
  const wanted = (duration * 90) / Math.max(width, 1);
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600];
  const step = steps.find((candidate) => candidate >= wanted) || 3600;
  plot.replaceChildren();
  for (let i = 0; i * step < duration - (duration * 40) / Math.max(width, 1); i += 1) {
    const seconds = i * step;
    const text = step < 1 ? clockText(seconds) : clockText(seconds).slice(0, -2);
    plot.append(place(make('span', 'tick', text), seconds));
  }
}

function conflictLane() {
  const rows = pack(data.conflicts);
  const { row, plot } = lane('conflict-lane', say.conflicts, { alt: data.conflicts.map((c) => c.label).join('; ') });
  plot.style.height = `${6 + 25 * (Math.max(0, ...rows) + 1)}px`;
  data.conflicts.forEach((conflict, i) => {
    const node = link(make('span', 'clash', conflict.label), conflict.start, conflict.end, conflict.label);
    node.dataset.conflict = i;
    node.style.top = `${4 + 25 * rows[i]}px`;
    plot.append(place(node, conflict.start, conflict.end));
  });
  return row;
}

function valenceLane() {
  const { row, plot } = lane('valence-lane opens', say.lane_valence, { alt: say.lane_valence });
  const parts = [draw('line', { x1: 0, x2: duration * 1000, y1: 50, y2: 50, class: 'zero' })];
  for (const reading of data.readings) {
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
  canvas(plot, ...parts);
  plot.append(make('span', 'scale scale-tag high', say.positive), make('span', 'scale scale-tag low', say.negative));
  return row;
}

function readingAt(reading, time) {
  return reading.blocks.find(([start, end]) => time >= start && time < end);
}

// Nothing was there to perceive, or it was there and no emotion could be read from it.
function whyEmpty(modality) {
  return modality in data.absent ? [say.absent, data.absent[modality]].filter(Boolean).join(' · ') : say.nothing_read;
}

function readingLane(modality) {
  const [name] = data.modalities[modality];
  const reading = data.readings.find((candidate) => candidate.modality === modality);
  if (!reading) {
    const { row, plot } = lane('missing-lane', name, { sense: modality });
    plot.append(make('span', '', whyEmpty(modality)));
    return row;
  }
  const at = (time) => {
    const block = readingAt(reading, time);
    return block ? `${Math.round(100 * block[3])} %` : '–';
  };
  const alt = reading.blocks.slice(0, 12).map((block) => `${block[2]} ${clockText(block[0])}–${clockText(block[1])}`).join(', ');
  const { row, plot } = lane('reading-lane', name, { sense: modality, alt: `${name}: ${alt}`, at });
  for (const [start, end, emotion, share] of reading.blocks) {
    const node = make('span', `block${reading.whole ? ' whole' : ''}`, emotion);
    node.style.setProperty('--fill', `${Math.round(12 + 40 * share)}%`);
    link(node, start, end, `${name}: ${emotion} ${Math.round(100 * share)} %`);
    plot.append(place(node, start, end));
  }
  return row;
}

const wordNodes = [];
let wordRows = 1;
function wordLane(width) {
  const words = data.words;
  const { row, plot } = lane('word-lane opens', say.lane_words, { sense: 'speech', alt: words.map((word) => word[0]).join(' ').slice(0, 2000) });
  // Stacked in as many rows as it takes for nine words of ten to be read at first sight.
  const letters = (text) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 12.5 : 6.8), 8);
  const fits = (rows) => words.filter(([text, start], i) => {
    const next = words[i + rows];
    return !next || ((next[1] - start) / duration) * width >= letters(text);
  }).length;
  while (wordRows < 4 && fits(wordRows) < 0.9 * words.length) wordRows += 1;
  plot.style.height = `${6 + 22 * wordRows}px`;
  words.forEach(([text, start, end, prob], i) => {
    const next = words[i + wordRows];
    const room = next ? next[1] : duration;
    const node = link(make('span', `chip${prob < 0.5 ? ' unsure' : ''}`, text), start, end, `${text} ${clockText(start)}`);
    const bar = make('i');
    bar.style.width = `${clamp((100 * (end - start)) / Math.max(room - start, 0.01), 0, 100)}%`;
    node.append(bar);
    node.style.top = `${3 + 22 * (i % wordRows)}px`;
    wordNodes.push(node);
    place(node, start);
    node.style.width = `calc(${percent(Math.max(room, end) - start)} - 3px)`;
    plot.append(node);
  });
  return row;
}

function wavePath({ start, end, low, high }) {
  const step = ((end - start) * 1000) / low.length;
  const loudest = Math.max(1, ...high.map(Math.abs), ...low.map(Math.abs));
  const y = (value) => (50 - (46 * value) / loudest).toFixed(1);
  const x = (i) => Math.round(start * 1000 + i * step);
  const over = high.map((value, i) => `${x(i)} ${y(value)}`).join('L');
  const under = low.map((value, i) => `${x(i)} ${y(value)}`).reverse().join('L');
  return `M${over}L${under}Z`;
}

function soundLane() {
  const { row, plot } = lane('sound-lane', say.lane_sound, { sense: 'voice', alt: `${say.lane_sound}, ${say.lane_activity}` });
  for (const [start, end] of data.activity) plot.append(place(make('span', 'activity'), start, end));
  if (data.waveform) canvas(plot, draw('path', { d: wavePath(data.waveform), class: 'wave' }));
  return row;
}

// The sample nearest to `time`, if it is near: times of a curve are sorted milliseconds.
function sampleAt(curve, time) {
  const at = time * 1000;
  let low = 0;
  let high = curve.t.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.t[middle] < at) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && at - curve.t[low - 1] < curve.t[low] - at) low -= 1;
  const near = Math.max(80, (2000 * duration) / curve.t.length);
  return Math.abs(curve.t[low] - at) <= near ? curve.v[low] : null;
}

function curveLane(curve) {
  const unit = curve.unit === '°' ? '°' : curve.unit && ` ${curve.unit}`;
  const at = (time) => {
    const value = sampleAt(curve, time);
    return value === null ? '–' : numberText(value) + (/^.?(Hz|dB|°)$/.test(unit) ? unit : '');
  };
  const small = curve.sense === 'face';
  const { row, plot } = lane(`curve-lane${small ? ' small' : ''}`, curve.label, { sense: curve.sense, alt: curve.alt, at });
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
  if (curve.low < 0 && curve.high > 0) parts.push(draw('line', { x1: 0, x2: duration * 1000, y1: y(0), y2: y(0), class: 'zero' }));
  if (curve.filled) parts.push(draw('path', { d: area, class: 'area' }));
  parts.push(draw('path', { d: line, class: 'curve' }));
  canvas(plot, ...parts);
  if (!small) plot.append(make('span', 'scale scale-tag high', numberText(curve.high) + unit), make('span', 'scale scale-tag low', numberText(curve.low) + unit));
  row.hidden = !curve.shown;
  row.firstChild.title = curve.about;
  return row;
}

const findingBars = new Map();
function evidenceLanes() {
  const dimensions = [...new Set(data.evidence.map((item) => item.dimension))];
  return dimensions.map((dimension, index) => {
    const items = data.evidence.filter((item) => item.dimension === dimension).sort((a, b) => a.start - b.start);
    const rows = pack(items);
    const { row, plot, label } = lane(`evidence-lane hue-${items[0].hue}${index ? '' : ' opens'}`, items[0].name, {
      alt: items.map((item) => `${item.claim} ${clockText(item.start)}–${clockText(item.end)}`).join(' '),
    });
    label.prepend(markOf(items[0].hue));
    plot.style.height = `${Math.max(24, 10 + 12 * (Math.max(...rows) + 1))}px`;
    items.forEach((item, i) => {
      const node = link(make('span', 'finding-bar'), item.start, item.end, item.claim);
      node.dataset.evidence = item.id;
      node.style.top = `${6 + 12 * rows[i]}px`;
      findingBars.set(item.id, node);
      plot.append(place(node, item.start, item.end));
    });
    return row;
  });
}

function bandsFor(parent) {
  for (const conflict of data.conflicts) parent.append(place(make('span', 'band'), conflict.start, conflict.end));
  const spot = make('span', 'spot');
  spot.hidden = true;
  parent.append(spot);
  return spot;
}

function toggles() {
  const senses = [...new Set(data.curves.map((curve) => curve.sense))];
  return senses.map((sense) => {
    const group = make('fieldset');
    const legend = make('legend');
    legend.append(markOf(sense), document.createTextNode(data.modalities[sense][0]));
    group.append(legend);
    for (const curve of data.curves.filter((candidate) => candidate.sense === sense)) {
      const label = make('label', `toggle hue-${sense}`);
      const box = make('input');
      box.type = 'checkbox';
      box.checked = curve.shown;
      box.addEventListener('change', () => { curve.row.hidden = !box.checked; });
      label.title = curve.about;
      label.append(box, document.createTextNode(curve.label));
      group.append(label);
    }
    return group;
  });
}

const timeline = (() => {
  const root = byId('lanes');
  const strip = make('div', 'strip');
  const bands = make('div', 'bands');
  const cursors = make('div', 'cursors');
  const playhead = make('div', 'playhead');
  const hairline = make('div', 'hairline');
  hairline.hidden = true;
  hairline.append(make('span'));
  cursors.append(playhead, hairline);
  root.append(strip);
  const gutter = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--gutter'));
  const width = root.clientWidth - gutter();

  const order = ['voice', 'face', 'body', 'scene', 'speech'];
  data.curves.sort((a, b) => order.indexOf(a.sense) - order.indexOf(b.sense));
  strip.append(rulerLane());
  if (data.conflicts.length) strip.append(conflictLane());
  if (data.readings.length) strip.append(valenceLane());
  for (const modality of ['face', 'body', 'voice', 'speech']) strip.append(readingLane(modality));
  if (data.words.length) strip.append(wordLane(width));
  if (data.waveform || data.activity.length) strip.append(soundLane());
  for (const curve of data.curves) {
    curve.row = curveLane(curve);
    strip.append(curve.row);
  }
  strip.append(...evidenceLanes());
  const spots = [bandsFor(bands)];
  strip.append(bands, cursors);
  byId('toggles').append(...toggles());

  const overview = byId('overview');
  if (data.waveform) canvas(overview, draw('path', { d: wavePath(data.waveform), class: 'wave' }));
  spots.push(bandsFor(overview));
  const overviewHead = make('div', 'playhead');
  overview.append(overviewHead);
  return { root, strip, cursors, playhead, hairline, overview, overviewHead, spots, gutter };
})();
