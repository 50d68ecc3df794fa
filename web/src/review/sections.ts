// Which sections does an answer have? Read from SED's own tags; an answer that is written otherwise has none.

export interface Section {
  /** The tag: `scene`, `voice`, `reasoning`, ... */
  name: string;
  text: string;
}

const NAMES = 'scene|face|body|voice|speech|reasoning|emotion';
const GROUPS = /<\/?(?:visual_evidence|acoustic_evidence)>/g;
// Other tags, such as <laughter>, are part of a transcript.
const SECTION = new RegExp(`<(${NAMES})>([^]*?)</\\1>`, 'g');
// An own tag inside a text is written with a backslash, so that it ends nothing.
const ESCAPED = new RegExp(`<\\\\(\\\\*\\s*/?\\s*(?:${NAMES}|visual_evidence|acoustic_evidence)\\s*>)`, 'gi');

/** The sections in their order; null where anything stands outside of them, so that nothing is left out. */
export function sectionsOf(answer: string): Section[] | null {
  const bare = answer.replace(GROUPS, '');
  if (bare.replace(SECTION, '').trim()) return null;
  const found = [...bare.matchAll(SECTION)].map(([, name = '', text = '']) => ({ name, text: text.replace(ESCAPED, '<$1').trim() }));
  return found.length ? found : null;
}
