// How are moments kept in bounds, and how are they written?
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Minutes, seconds, tenths: `0:02.1`. */
export function clockText(seconds) {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}
