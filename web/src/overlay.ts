// How are a face's mesh and a body's pose drawn over a picture, wherever the picture lies in its element?
import type { Layout, Overlay, Sight } from './api';

export interface Wanted {
  face: boolean;
  body: boolean;
}

const SEEN = 0.5; // a joint that is less visible than this is guessed: it is not drawn
const FAR_S = 0.35; // nothing is drawn at a moment that was not looked at

/** The part of a `width` × `height` box that a picture of `ratio` fills when it is fitted whole into it. */
export function fitted(width: number, height: number, ratio: number): { left: number; top: number; width: number; height: number } {
  const across = Math.min(width, height * ratio);
  const down = across / ratio;
  return { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
}

/** What was seen nearest to `time`, if it is near. Frames are in order of time. */
export function sightAt(overlay: Overlay, time: number): Sight | null {
  const { frames } = overlay;
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle] as Sight).time_s < time) low = middle + 1;
    else high = middle;
  }
  const after = frames[low];
  const before = frames[low - 1];
  const near = before && (!after || time - before.time_s < after.time_s - time) ? before : after;
  return near && Math.abs(near.time_s - time) <= FAR_S ? near : null;
}

/** Draws over a picture of `ratio` that is fitted into the canvas; `colours` are those of face and body. */
export function draw(
  canvas: HTMLCanvasElement,
  layout: Layout,
  sight: Sight | null,
  ratio: number,
  wanted: Wanted,
  colours: { face: string; body: string },
): void {
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (!sight || !(ratio > 0)) return;
  const box = fitted(width, height, ratio);
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top, box.width, box.height);
  pen.clip();
  pen.lineJoin = 'round';
  pen.lineCap = 'round';
  // A dark line below the coloured one: it shows on light skin and dark rooms alike.
  for (const [colour, thickness] of [['rgb(0 0 0 / 55%)', 3.4], [null, 1.6]] as const) {
    pen.lineWidth = thickness;
    if (wanted.body && sight.body) body(pen, layout, sight.body, box, colour ?? colours.body);
    if (wanted.face) for (const face of sight.faces) lines(pen, layout, face, box, colour ?? colours.face);
  }
  pen.restore();
}

type Box = ReturnType<typeof fitted>;

function lines(pen: CanvasRenderingContext2D, layout: Layout, face: number[], box: Box, colour: string): void {
  pen.strokeStyle = pen.fillStyle = colour;
  for (const { points, closed } of layout.face) {
    pen.beginPath();
    points.forEach((point, i) => {
      const x = box.left + (face[2 * point] ?? 0) * box.width;
      const y = box.top + (face[2 * point + 1] ?? 0) * box.height;
      if (points.length === 1) pen.arc(x, y, 1 + pen.lineWidth / 2, 0, 2 * Math.PI);
      else if (i) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
    if (closed) pen.closePath();
    if (points.length === 1) pen.fill();
    else pen.stroke();
  }
}

function body(pen: CanvasRenderingContext2D, layout: Layout, pose: number[], box: Box, colour: string): void {
  const seen = (joint: number) => (pose[3 * joint + 2] ?? 0) >= SEEN;
  const x = (joint: number) => box.left + (pose[3 * joint] ?? 0) * box.width;
  const y = (joint: number) => box.top + (pose[3 * joint + 1] ?? 0) * box.height;
  pen.strokeStyle = pen.fillStyle = colour;
  for (const [a, b] of layout.bones) {
    if (!seen(a) || !seen(b)) continue;
    pen.beginPath();
    pen.moveTo(x(a), y(a));
    pen.lineTo(x(b), y(b));
    pen.stroke();
  }
  for (const joint of new Set(layout.bones.flat())) {
    if (!seen(joint)) continue;
    pen.beginPath();
    pen.arc(x(joint), y(joint), 1.4 + pen.lineWidth / 2, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** Lines on video are drawn in the dark scheme's light hues, whatever the page's scheme is. */
export const COLOURS = { face: '#7fb5f7', body: '#8de4c9' };
