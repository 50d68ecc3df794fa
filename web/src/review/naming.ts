// What are checks, fields and numbers called on these pages?
import type { Strings } from '../words.svelte';
import type { FieldName } from './shapes';

type Say = Strings['review'];

/** A score or limit in few digits; a minus sign, not a hyphen. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = Number.isInteger(value) ? 0 : size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toFixed(digits).replace('-', '−');
}

/** Of a check's slug; one that nobody named is shown as it is written. */
export const checkName = (say: Say, slug: string): string => say.checks[slug] ?? say.named(slug);

/** Checks that are made of several texts, so that the text has to be named beside them. */
const OF_MANY = new Set(['visual_caption', 'visual_claims', 'acoustic_claims']);

/** What a reason is about: `check`, `check/field` or `field`. */
export function aboutName(say: Say, about: string): string {
  const [first = '', field] = about.split('/');
  const name = say.fields[first as FieldName] && !say.checks[first] ? say.fields[first as FieldName] : checkName(say, first);
  return field && OF_MANY.has(first) ? `${name}, ${say.fields[field as FieldName] ?? field}` : name;
}

/** Which hue of the report's palette a field has. */
export const HUES: Record<FieldName, string> = {
  scene: 'scene', face: 'face', body: 'body', acoustic: 'voice', speech: 'speech', reasoning: 'fused', emotion: 'fused', half: 'fused',
};

/** A language's tag as a value of `lang`. */
export const langOf = (language: string): string => (language === 'zh' ? 'zh-Hans' : language);
