// How are sizes, spans of time and moments written for people?
import type { Language, Strings } from './words.svelte';

const LOCALES: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

/** `12 MB`, decimal as file managers have it. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** A limit in seconds, in the largest unit that is whole. */
export function span(seconds: number, say: Strings): string {
  return seconds >= 60 && seconds % 60 === 0 ? say.units.minutes(seconds / 60) : say.units.seconds(seconds);
}

/** How long something is kept, in days or hours. */
export function hours(count: number, say: Strings): string {
  return count >= 48 && count % 24 === 0 ? say.units.days(count / 24) : say.units.hours(Number(count.toFixed(1)));
}

/** `0:10.2`: the length of a clip. */
export function length(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** A moment of the day, with the date where it isn't today. */
export function moment(iso: string, language: Language): string {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(LOCALES[language], today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** With its sign, a true minus. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
