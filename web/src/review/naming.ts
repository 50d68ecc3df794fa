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

/** Of a field, or else of a check. */
export const aboutName = (say: Say, slug: string): string => say.fields[slug as FieldName] ?? checkName(say, slug);

/** Which hue of the report's palette a field has. */
export const HUES: Record<FieldName, string> = {
  scene: 'scene', face: 'face', body: 'body', acoustic: 'voice', speech: 'speech', reasoning: 'fused', emotion: 'fused', half: 'fused',
};

/** A language's tag as a value of `lang`. */
export const langOf = (language: string): string => (language === 'zh' ? 'zh-Hans' : language);
