// What changes as time passes? Playhead, spoken words, readings, numbers in the margin, active findings.
const caption = byId('caption');
const captionNodes = data.words.map(([text], i) => {
  const node = make('span', '', text);
  // Chinese and Japanese are written without spaces.
  const glued = /[\u3040-\u30ff\u3400-\u9fff]/.test(text + (data.words[i + 1] || [''])[0]);
  return [node, document.createTextNode(glued ? '' : ' ')];
});
let captionStart = -1;

function wordAt(time) {
  let low = 0;
  let high = data.words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.words[middle][1] <= time + 0.001) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// Lines of the caption break at pauses and after twelve words.
const lineOf = [];
data.words.forEach(([, start], i) => {
  const first = i === 0 ? 0 : lineOf[i - 1];
  const pause = i > 0 && start - data.words[i - 1][2] > 0.8;
  lineOf.push(i === 0 ? 0 : pause || i - first >= 12 ? i : first);
});

let spoken = -1;
function showWords(time) {
  const last = wordAt(time);
  const current = last >= 0 && time < data.words[last][2] ? last : -1;
  if (current !== spoken) {
    for (const [index, on] of [[spoken, false], [current, true]]) {
      if (index < 0) continue;
      wordNodes[index].classList.toggle('spoken', on);
      captionNodes[index][0].classList.toggle('spoken', on);
    }
    spoken = current;
  }
  const start = data.words.length ? lineOf[Math.max(0, last)] : -1;
  if (start !== captionStart) {
    captionStart = start;
    caption.replaceChildren(...captionNodes.filter((_, i) => lineOf[i] === start).flat());
  }
}

const readingRows = ['face', 'body', 'voice', 'speech'].map((modality) => {
  const row = make('div', `hue-${modality}`);
  const term = make('dt');
  const said = make('dd');
  const what = make('span');
  const share = make('span', 'share');
  term.append(markOf(modality), make('span', '', data.modalities[modality][0]));
  said.append(what, share);
  row.append(term, said);
  byId('readings').append(row);
  return { modality, row, what, share, reading: data.readings.find((r) => r.modality === modality), shown: null };
});

function showReadings(time) {
  const clashing = new Set(
    data.conflicts.filter((c) => time >= c.start && time < c.end).flatMap((c) => c.between),
  );
  for (const item of readingRows) {
    const block = item.reading && readingAt(item.reading, time);
    const key = `${block ? block.join() : ''}${clashing.has(item.modality)}`;
    if (key === item.shown) continue;
    item.shown = key;
    item.row.classList.toggle('clashes', clashing.has(item.modality));
    item.what.className = block ? '' : 'is-absent';
    item.what.textContent = block ? block[2] : item.reading ? say.nothing_read : whyEmpty(item.modality);
    item.share.textContent = block ? `${Math.round(100 * block[3])} %` : '';
  }
}

let hovered = null; // the time under the pointer, if it is over the lanes
let readAt = -1;
function showNumbers() {
  const time = hovered === null ? player.now() : hovered;
  if (Math.abs(time - readAt) < 1e-4) return;
  readAt = time;
  for (const { output, at, row } of readouts) if (!row.hidden) output.textContent = at(time);
}

const findings = data.evidence.map((item) => ({ ...item, node: byId(`finding-${item.id}`), bar: findingBars.get(item.id), on: false }));
for (const item of findings) item.phrase = document.querySelector(`.phrase[data-evidence="${CSS.escape(item.id)}"]`);
function showFindings(time) {
  for (const item of findings) {
    // What holds for most of the clip is always on: marking it would say nothing.
    const on = time >= item.start && time < item.end && item.end - item.start < 0.6 * duration;
    if (on === item.on) continue;
    item.on = on;
    for (const node of [item.node, item.bar, item.phrase]) if (node) node.classList.toggle('active', on);
  }
}

function keepInView(time) {
  const { root, cursors } = timeline;
  const seen = root.clientWidth - timeline.gutter();
  if (cursors.clientWidth <= seen + 1) return;
  const x = (time / duration) * cursors.clientWidth;
  if (x < root.scrollLeft || x > root.scrollLeft + seen) root.scrollLeft = x - seen * 0.15;
}

function show(time) {
  timeline.playhead.style.left = percent(time);
  timeline.overviewHead.style.left = percent(time);
  byId('clock').textContent = clockText(time);
  const ruler = byId('ruler');
  ruler.setAttribute('aria-valuenow', time.toFixed(1));
  ruler.setAttribute('aria-valuetext', clockText(time));
  showWords(time);
  showReadings(time);
  showNumbers();
  showFindings(time);
  if (player.playing) keepInView(time);
}

byId('clock').setAttribute('aria-live', 'off');
player.onTime(show);
show(player.now());
