// Which sample is shown, of those that the filters leave? All text goes in as text, never as markup.
(() => {
  'use strict';
  const samples = JSON.parse(document.getElementById('samples').textContent);
  const [part, outcome, find, count, list, one] =
    ['part', 'outcome', 'find', 'count', 'list', 'one'].map((id) => document.getElementById(id));
  const MOST = 300;
  const SOUND = /\.(wav|flac|mp3|ogg|m4a)$/i;

  function fill(select, key) {
    for (const value of ['all', ...new Set(samples.map((s) => s[key]))]) {
      const option = document.createElement('option');
      option.textContent = value;
      option.value = value;
      select.append(option);
    }
  }

  function add(tag, text, parent = one) {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  }

  // An annotation is an object: each part of it on a line of its own.
  function laidOut(text) {
    try {
      const whole = JSON.parse(text);
      return whole && typeof whole === 'object' ? JSON.stringify(whole, null, 1) : text;
    } catch {
      return text;
    }
  }

  function show(sample, button) {
    for (const other of list.querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
    if (button) button.setAttribute('aria-current', 'true');
    one.replaceChildren();
    add('h3', sample.id);
    if (sample.clip) {
      const player = add(SOUND.test(sample.clip) ? 'audio' : 'video');
      player.controls = true;
      player.preload = 'metadata';
      const where = add('p');
      where.className = 'soft';
      const link = add('a', sample.clip, where);
      link.href = sample.clip;
      player.addEventListener('error', () => {
        player.remove();
        where.prepend('The clip is not there, or this browser can\u2019t play it: ');
      });
      player.addEventListener('loadedmetadata', () => {
        if (player.videoWidth === 0) where.prepend('This browser plays its sound and no picture: ');
      });
      player.src = sample.clip;
    }
    const told = [
      ['Outcome', sample.outcome], ['Truth', sample.truth], ['Chosen', sample.chosen],
      ['Question', sample.question], ['Answer', sample.answer && laidOut(sample.answer)], ['What went wrong', sample.error],
      ['What the model got', sample.got],
    ];
    for (const [name, text] of told) {
      if (text === null || text === '') continue;
      add('h4', name);
      add('p', text);
    }
    const values = Object.entries(sample.values).map(([name, value]) => `${name}: ${value}`);
    if (values.length) {
      add('h4', 'Values');
      add('p', values.join('\n'));
    }
    for (const exchange of sample.judge) {
      add('h4', `The judge, asked for ${exchange.asked}${exchange.error ? ` (${exchange.error})` : ''}`);
      add('p', exchange.said === null ? '(no reply)' : exchange.said);
    }
  }

  function refresh() {
    const words = find.value.toLowerCase();
    const left = samples.filter((s) =>
      (part.value === 'all' || s.part === part.value) &&
      (outcome.value === 'all' || s.outcome === outcome.value) &&
      (!words || `${s.id} ${s.truth} ${s.answer}`.toLowerCase().includes(words)));
    list.replaceChildren();
    for (const sample of left.slice(0, MOST)) {
      const item = add('li', undefined, list);
      const button = add('button', `${sample.id} · ${sample.outcome}`, item);
      button.type = 'button';
      button.addEventListener('click', () => show(sample, button));
    }
    count.textContent = left.length > MOST ? `${left.length} found, the first ${MOST} listed` : `${left.length} found`;
    if (left.length) show(left[0], list.querySelector('button'));
    else one.replaceChildren();
  }

  fill(part, 'part');
  fill(outcome, 'outcome');
  for (const control of [part, outcome, find]) control.addEventListener('input', refresh);
  refresh();
})();
