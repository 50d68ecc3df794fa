// May a single key act? Not while somebody writes, not with another key held, and not where it was turned off.

const KEPT_AS = 'saber.single-keys';

class Keyboard {
  on = $state(localStorage.getItem(KEPT_AS) !== 'off');

  turn(on: boolean): void {
    this.on = on;
    localStorage.setItem(KEPT_AS, on ? 'on' : 'off');
  }

  /** The key as it acts: one letter or a name; `Ctrl+Enter` everywhere; null where it belongs to somebody else. */
  read(event: KeyboardEvent): string | null {
    if (event.isComposing) return null;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return 'Ctrl+Enter';
    if (event.ctrlKey || event.metaKey || event.altKey) return null;
    const target = event.target instanceof Element ? event.target : null;
    if (event.key === 'Escape') return 'Escape';
    if (target?.closest('textarea, select, [contenteditable], input:not([type="radio"], [type="checkbox"])')) return null;
    if (event.key.length === 1 && !this.on) return null;
    return event.key.length === 1 && event.key !== 'A' ? event.key.toLowerCase() : event.key;
  }
}

export const keyboard = new Keyboard();
