// Which sections does an answer have? Read from its tags; an answer that is written otherwise has none.

export interface Section {
  /** The tag: `scene`, `voice`, `reasoning`, ... */
  name: string;
  text: string;
}

const GROUPS = /<\/?(?:visual_evidence|acoustic_evidence)>/g;
const SECTION = /<([a-z_]+)>([^<]*)<\/\1>/g;
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** The sections in their order; null where anything stands outside of them, so that nothing is left out. */
export function sectionsOf(answer: string): Section[] | null {
  const bare = answer.replace(GROUPS, '');
  if (bare.replace(SECTION, '').trim()) return null;
  const found = [...bare.matchAll(SECTION)].map(([, name = '', text = '']) => ({
    name, text: text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity).trim(),
  }));
  return found.length ? found : null;
}
