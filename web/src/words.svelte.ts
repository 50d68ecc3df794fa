// In which language does the app speak? Remembered; at first, the browser's own.
import { en } from './strings/en';
import { zh } from './strings/zh';

export type Language = 'en' | 'zh';
export type Strings = typeof en;

const TABLES: Record<Language, Strings> = { en, zh };
const KEPT_AS = 'saber.language';

function first(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

class Words {
  language = $state<Language>(first());
  /** Every string of the interface: `words.say.home.drop`. */
  say = $derived(TABLES[this.language]);

  choose(language: Language): void {
    this.language = language;
    localStorage.setItem(KEPT_AS, language);
  }
}

export const words = new Words();
